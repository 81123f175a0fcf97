import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Columns, MachineView } from '#models/contracts/api.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';

const TOKEN = 'millwright.token';

/** The gateway wants a token, or another one. */
export class NotAllowed extends Error {}

export const token = {
  read: () => sessionStorage.getItem(TOKEN),
  keep: (value: string) => sessionStorage.setItem(TOKEN, value),
};

/** @throws NotAllowed; Error with the gateway's own words for any other failure. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const known = token.read();
  if (known) headers.set('authorization', `Bearer ${known}`);
  const response = await fetch(path, { ...init, headers });
  if (response.status === 401) throw new NotAllowed('a token is needed');
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

const get = async <T>(path: string): Promise<T> => (await request(path)).json() as Promise<T>;

export interface SeriesRequest {
  measurement: 'millwright_features' | 'millwright_health';
  site: string;
  edge: string;
  asset: string;
  point?: string;
  field: string;
  fromMs: number;
  toMs: number;
}

export const api = {
  machines: () => get<MachineView[]>('/api/v1/machines'),
  alerts: () => get<AlertRecord[]>('/api/v1/alerts?state=active'),
  series: (query: SeriesRequest) => {
    const text = Object.entries(query).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]]));
    return get<Columns>(`/api/v1/series?${new URLSearchParams(text)}`);
  },
  /** Null while the point has none. */
  spectrum: async (site: string, edge: string, asset: string, point: string): Promise<Spectrum | null> => {
    const path = `/api/v1/spectra/${site}/${edge}/${asset}/${point}`;
    try {
      return await get<Spectrum>(path);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith(`${path}: 404`)) return null;
      throw error;
    }
  },
  find: (id: string, by: string, finding: 'confirmed' | 'false_alarm') =>
    request(`/api/v1/alerts/${encodeURIComponent(id)}/finding`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by, finding }),
    }),
  acknowledge: (id: string, by: string, comment: string) =>
    request(`/api/v1/alerts/${encodeURIComponent(id)}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(comment ? { by, comment } : { by }),
    }),
};
