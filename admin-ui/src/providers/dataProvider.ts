/** Reading in the exact ra-data-simple-rest dialect: `range` is inclusive, the total stands in Content-Range. */
import type { DataProvider, GetListParams, QueryFunctionContext } from 'react-admin';
import { Problem } from './problem';
import { API, request } from './request';
import { rowOf, rowsOf } from './row';

type Filter = Readonly<Record<string, unknown>>;
type ListParams = Omit<GetListParams, 'filter'> & QueryFunctionContext & { readonly filter?: Filter };

function total(headers: Headers): number {
  const size = Number(headers.get('content-range')?.split('/').pop());
  if (Number.isInteger(size)) return size;
  throw new Problem(0, "The server's list has no Content-Range.", 'malformed-answer', null, []);
}

async function list(
  resource: string,
  { pagination, sort, signal, filter = {} }: ListParams,
  more: Filter = {},
) {
  const { page, perPage } = pagination ?? { page: 1, perPage: 25 };
  const query = new URLSearchParams({ filter: JSON.stringify({ ...filter, ...more }) });
  query.set('range', JSON.stringify([(page - 1) * perPage, page * perPage - 1]));
  if (sort) query.set('sort', JSON.stringify([sort.field, sort.order]));
  return request(`${API}/${resource}?${query.toString()}`, { signal });
}

function noGenericWrites(): Promise<never> {
  return Promise.reject(new Error('Records change by commands only.'));
}

export const dataProvider: DataProvider = {
  supportAbortSignal: true,
  async getList(resource, params) {
    const { json, headers } = await list(resource, params);
    return { data: rowsOf(json), total: total(headers) };
  },
  async getOne(resource, { id, signal }) {
    const { json } = await request(`${API}/${resource}/${encodeURIComponent(String(id))}`, { signal });
    return { data: rowOf(json) };
  },
  async getMany(resource, { ids, signal }) {
    const query = new URLSearchParams({ filter: JSON.stringify({ id: ids }) });
    const { json } = await request(`${API}/${resource}?${query.toString()}`, { signal });
    return { data: rowsOf(json) };
  },
  async getManyReference(resource, params) {
    const { json, headers } = await list(resource, params, { [params.target]: params.id });
    return { data: rowsOf(json), total: total(headers) };
  },
  create: noGenericWrites,
  update: noGenericWrites,
  updateMany: noGenericWrites,
  delete: noGenericWrites,
  deleteMany: noGenericWrites,
};
