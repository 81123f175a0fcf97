/** One event of a stream of server-sent events. */
export interface StreamEvent {
  /** Id of the last event that had one, from which the stream resumes; null: none so far. */
  id: string | null;
  /** Empty for a block with only an id. */
  data: string;
}

/** Reads a stream of server-sent events in arbitrary chunks: each call returns the events that it completes. */
export function eventReader(): (part: string) => StreamEvent[] {
  let text = '';
  let id: string | null = null;
  return (part) => {
    const blocks = (text + part).split('\n\n');
    text = blocks.pop() as string;
    return blocks.map((block) => {
      const lines = block.split('\n');
      const of = (field: string) =>
        lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
      id = of('id').at(-1) ?? id;
      return { id, data: of('data').join('\n') };
    });
  };
}
