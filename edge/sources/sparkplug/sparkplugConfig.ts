import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { brokerFields } from '../brokerFields.ts';

const sparkplugMetricSchema = z
  .strictObject({
    /** `<group>/<edge node>` or `<group>/<edge node>/<device>`, in which `{asset}` names the machine and `+` does not matter. */
    from: z
      .string()
      .regex(
        /^([^/{}#+]+|\+|\{asset\})(\/([^/{}#+]+|\+|\{asset\})){1,2}$/,
        'group/node or group/node/device, each a name, {asset} or +',
      ),
    /** Name of the metric, or `{point}`: every metric whose name can be a point's. */
    metric: z.string().min(1),
    asset: nameSchema.optional(),
    point: nameSchema.optional(),
    /** Rate of a metric whose value is an array of samples. */
    sampleRateHz: z.number().min(10).max(200_000).optional(),
  })
  .refine((m) => m.asset !== undefined || m.from.split('/').includes('{asset}'), {
    message: 'a level {asset}, or the setting "asset"',
    path: ['from'],
  })
  .refine((m) => m.point !== undefined || m.metric === '{point}' || nameSchema.safeParse(m.metric).success, {
    message: 'the setting "point": this metric’s name cannot be one',
    path: ['metric'],
  });
export type SparkplugMetricConfig = z.infer<typeof sparkplugMetricSchema>;

export const sparkplugSourceSchema = z
  .strictObject({
    type: z.literal('sparkplug'),
    ...brokerFields,
    groups: z.array(z.string().regex(/^[^/+#]+$/, 'a group’s id, without / + #')).min(1),
    /** Makes the edge a primary host of this id: nodes that wait for one store what they have while it is away. */
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
