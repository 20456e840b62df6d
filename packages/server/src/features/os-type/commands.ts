import type { Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';
import { osCategories, osTypes } from './os-types.ts';

export const osTypeCommands = {
  listOsTypes: {
    kind: 'sync',
    async run(call, params) {
      const found = osTypes.filter(
        type =>
          matches(params.id, type.id) &&
          (params.ids === undefined || params.ids.includes(type.id)) &&
          matches(params.oscategoryid, type.category.id) &&
          matches(params.description, type.name) &&
          contains(params.keyword, type.name),
      );
      const { count, rows } = pageOfList(call, found, params);
      const items = rows.map(({ id, name, category }) => ({
        id,
        name,
        description: name,
        oscategoryid: category.id,
        oscategoryname: category.name,
        isuserdefined: false,
        fordisplay: true,
      }));
      return { count, items };
    },
  },
  listOsCategories: {
    kind: 'sync',
    async run(call, params) {
      const found = osCategories.filter(
        category =>
          matches(params.id, category.id) &&
          matches(params.name, category.name) &&
          contains(params.keyword, category.name),
      );
      const { count, rows } = pageOfList(call, found, params);
      return { count, items: rows.map(category => ({ ...category, isfeatured: false })) };
    },
  },
} satisfies Partial<Handlers>;

function matches(wanted: string | undefined, text: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === text.toLowerCase();
}

function contains(part: string | undefined, text: string): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}
