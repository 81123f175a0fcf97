import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { brokerFields } from '../brokerFields.ts';
import { capturesOf, parsePathPattern } from '../opcua/pathPattern.ts';

const isPattern = (metric: string): boolean => capturesOf(metric).length > 0;
const nameOrTemplate = z.union([
  nameSchema,
  z
    .string()
    .max(200)
    .regex(/\{[A-Za-z][A-Za-z0-9]*\}/, 'a name, or parts of "metric" as {motor}'),
]);

const sparkplugMetricSchema = z
  .strictObject({
    /**
     * `<group>/<edge node>` or `<group>/<edge node>/<device>`, in which `{asset}` names the machine and `+` matches any
     * level.
     */
    from: z
      .string()
      .regex(
        /^([^/{}#+]+|\+|\{asset\})(\/([^/{}#+]+|\+|\{asset\})){1,2}$/,
        'group/node or group/node/device, each a name, {asset} or +',
      ),
    /**
     * Name of the metric; `{point}`: every metric whose name is valid for a point; or a pattern of names separated by
     * slashes, as `{asset}/{point}` or `#/{point}`. Members of templates are `template/member`.
     */
    metric: z.string().min(1).max(500),
    /** A name, or a template of the pattern's parts, as `{line}-{motor}`. */
    asset: nameOrTemplate.optional(),
    point: nameOrTemplate.optional(),
    /** Rate of a metric whose value is an array of samples. */
    sampleRateHz: z.number().min(10).max(200_000).optional(),
  })
  .refine(
    (m) => m.asset !== undefined || m.from.split('/').includes('{asset}') || capturesOf(m.metric).includes('asset'),
    { message: 'a level {asset}, or the setting "asset"', path: ['from'] },
  )
  .refine((m) => m.point !== undefined || isPattern(m.metric) || nameSchema.safeParse(m.metric).success, {
    message: 'the setting "point": this metric’s name cannot be one',
    path: ['metric'],
  })
  .refine((m) => !isPattern(m.metric) || parsePathPattern(m.metric) !== null, {
    message: 'names between slashes such as {asset}/{point}: {…} and * within a name, + for one, one # for any number',
    path: ['metric'],
  })
  .superRefine(({ metric, asset, point }, context) => {
    const isOpen = metric.split('/').includes('#');
    const parts = isPattern(metric) ? [...capturesOf(metric), 'name', ...(isOpen ? ['rest'] : [])] : [];
    for (const [key, template] of Object.entries({ asset, point }))
      for (const part of capturesOf(template ?? ''))
        if (!parts.includes(part))
          context.addIssue({ code: 'custom', path: [key], message: `parts of "metric", not {${part}}` });
  });
export type SparkplugMetricConfig = z.infer<typeof sparkplugMetricSchema>;

export const sparkplugSourceSchema = z
  .strictObject({
    type: z.literal('sparkplug'),
    ...brokerFields,
    groups: z.array(z.string().regex(/^[^/+#]+$/, 'a group’s id, without / + #')).min(1),
    /** Makes the edge a primary host with this id: nodes that wait for one store data while it is away. */
    hostId: nameSchema.optional(),
    metrics: z.array(sparkplugMetricSchema).min(1),
  })
  .superRefine(({ groups, metrics }, context) => {
    for (const [i, { from }] of metrics.entries()) {
      const [group] = from.split('/');
      if (group === '+' || group === '{asset}' || groups.includes(group)) continue;
      context.addIssue({
        code: 'custom',
        path: ['metrics', i, 'from'],
        message: `a group of "groups": ${groups.join(', ')}`,
      });
    }
  });
export type SparkplugSourceConfig = z.infer<typeof sparkplugSourceSchema>;
