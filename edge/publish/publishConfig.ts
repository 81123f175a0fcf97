import { z } from 'zod';
import { fieldsOf, type Template } from '#models/configuration/template.ts';
import { brokerFields } from '../sources/brokerFields.ts';
import { CONDITION_FIELDS, FEATURE_FIELDS } from './conditionFields.ts';

const topicPart = z.string().regex(/^[^/+#\s]+$/, 'a name without / + # and spaces');

/** A JSON message per machine, or per point. */
const messageSchema = z
  .strictObject({
    /** `condition`: per machine, on each change; `features`: per point, at an interval. */
    of: z.enum(['condition', 'features']),
    topic: z
      .string()
      .regex(/^[^+#$\s][^+#\s]*$/, 'a topic without + and #')
      .refine((t) => !/^(millwright|spBv1\.0)(\/|$)/.test(t), 'a topic outside millwright/ and spBv1.0/'),
    /** JSON in which texts hold fields such as `{status}`; by default an object of all fields. */
    payload: z.custom<Template>((v) => v !== undefined, 'JSON').optional(),
    retain: z.boolean().default(true),
    qos: z.union([z.literal(0), z.literal(1)]).default(1),
  })
  .superRefine(({ of, topic, payload }, context) => {
    const known: readonly string[] = of === 'condition' ? CONDITION_FIELDS : FEATURE_FIELDS;
    const needed = of === 'condition' ? ['asset'] : ['asset', 'point'];
    for (const field of needed)
      if (!fieldsOf(topic).includes(field))
        context.addIssue({ code: 'custom', path: ['topic'], message: `a topic with {${field}}: each has its own` });
    for (const [path, template] of [['topic', topic] as const, ['payload', payload ?? ''] as const])
      for (const field of fieldsOf(template))
        if (!known.includes(field))
          context.addIssue({ code: 'custom', path: [path], message: `{${field}} is no field: ${known.join(', ')}` });
  });
export type PublishedMessage = z.infer<typeof messageSchema>;

/** Condition and features of machines in the plant's own namespace, for other systems to read. */
export const publishSchema = z
  .strictObject({
    ...brokerFields,
    messages: z.array(messageSchema).max(16).default([]),
    /** As a Sparkplug B edge node with a device per machine. */
    sparkplug: z.strictObject({ group: topicPart, node: topicPart }).optional(),
    /** Seconds between publications of a point's features. */
    featuresEveryS: z.number().min(1).max(86_400).default(10),
  })
  .refine((p) => p.messages.length > 0 || p.sparkplug !== undefined, {
    message: 'messages, sparkplug, or both: nothing would be published',
    path: ['messages'],
  });
export type PublishConfig = z.infer<typeof publishSchema>;
