import { useSignal } from '@preact/signals';

export const NAME = 'millwright.name';

/** Asks who acknowledges, and what there is to say; the name is remembered. */
export function AcknowledgeForm({ submit }: { submit: (by: string, comment: string) => void }) {
  const by = useSignal(localStorage.getItem(NAME) ?? '');
  const comment = useSignal('');
  const onSubmit = (event: Event) => {
    event.preventDefault();
    localStorage.setItem(NAME, by.value);
    submit(by.value, comment.value);
  };
  return (
    <form class="acknowledge" onSubmit={onSubmit}>
      <label>
        Your name
        <input required maxLength={100} value={by.value} onInput={(e) => (by.value = e.currentTarget.value)} />
      </label>
      <label>
        Comment
        <input maxLength={1000} value={comment.value} onInput={(e) => (comment.value = e.currentTarget.value)} />
      </label>
      <button type="submit">Acknowledge</button>
    </form>
  );
}
