import { z } from 'zod';

/** Sends a request to the gateway: a GET, or a POST of `body`. @throws Error with the gateway's reason. */
export type RequestGateway = (path: string, body?: object) => Promise<unknown>;

/** A function that a language model may call: name, purpose, arguments, and a JSON result. */
export interface Tool {
  name: string;
  description: string;
  input: z.ZodRawShape;
  /** Whether it changes anything; such tools are offered only if actions are allowed. */
  isAction: boolean;
  run: (request: RequestGateway, args: never) => Promise<unknown>;
}

/** A tool whose arguments are typed by their schema. */
export function tool<S extends z.ZodRawShape>(made: {
  name: string;
  description: string;
  input: S;
  isAction?: boolean;
  run: (request: RequestGateway, args: z.infer<z.ZodObject<S>>) => Promise<unknown>;
}): Tool {
  return { isAction: false, ...made };
}

/** A path with the defined arguments as its query. */
export function withQuery(path: string, args: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(args).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** Path of names, each escaped. */
export const pathOf = (...names: string[]): string => names.map(encodeURIComponent).join('/');

export const machineInput = {
  site: z.string().describe('site of the machine'),
  edge: z.string().describe('edge agent that watches it'),
  asset: z.string().describe('name of the machine'),
};
