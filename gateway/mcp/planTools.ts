import { z } from 'zod';
import { orderDecisionRequestSchema } from '#models/contracts/planDecision.ts';
import { whatIfSchema } from '../planning/whatIf.ts';
import { type Tool, tool, withQuery } from './tool.ts';

const place = { item: z.string(), site: z.string().default('').describe('empty: the item has no site') };

/** Tools for forecasts, orders and what-if plans. */
export const planTools: readonly Tool[] = [
  tool({
    name: 'get_plan',
    description:
      'The newest plan: how it was made, how good its forecasts were, and its items by cost of waiting or risk of running out.',
    input: {
      sort: z.enum(['waiting', 'risk']).default('waiting'),
      search: z.string().default('').describe('words of the item, its site, name, family or supplier'),
      limit: z.int().min(1).max(200).default(30),
    },
    run: (request, args) => request(withQuery('/api/v1/plan', args)),
  }),
  tool({
    name: 'get_plan_exceptions',
    description: 'What in the plan needs a person, the most money at stake first, with a recommendation each.',
    input: { limit: z.int().min(1).max(200).default(20) },
    run: (request, args) => request(withQuery('/api/v1/plan/exceptions', args)),
  }),
  tool({
    name: 'get_plan_item',
    description:
      'One item at a site: stock, open orders, what to order and why, machines that make the demand, history, and the forecast with its quantiles.',
    input: place,
    run: (request, args) => request(withQuery('/api/v1/plan/item', args)),
  }),
  tool({
    name: 'get_suppliers',
    description: 'Suppliers: how they keep their promises, and the risk of the next order.',
    input: {},
    run: (request) => request('/api/v1/suppliers'),
  }),
  tool({
    name: 'what_if',
    description:
      'The plan as it would be with other service, lead times, demand, stock, order or budget; of one item, or of all. Nothing is kept.',
    input: whatIfSchema.shape,
    run: (request, args) => request('/api/v1/plan/what-if', args),
  }),
  tool({
    name: 'decide_order',
    description: 'Accepts a proposed order, freezes its quantity, or delays it to a day.',
    input: orderDecisionRequestSchema.shape,
    isAction: true,
    run: (request, args) => request('/api/v1/plan/decisions', args),
  }),
];
