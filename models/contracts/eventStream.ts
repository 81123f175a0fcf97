/** One event of a stream of server-sent events. */
export interface StreamEvent {
  /** Of the last event that had one: where the stream goes on from; null: none had. */
  id: string | null;
  /** Empty in a block that tells the id alone. */
  data: string;
}

/** Reads a stream of server-sent events in whatever parts it arrives: each call answers what it completed. */
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
