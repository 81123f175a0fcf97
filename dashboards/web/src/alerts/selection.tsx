import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals';
import { t } from '../i18n/i18n.ts';

/** The ids of the selected alerts. */
export type Selection = Signal<ReadonlySet<string>>;

export function toggle(selected: Selection, id: string): void {
  const next = new Set(selected.value);
  if (!next.delete(id)) next.add(id);
  selected.value = next;
}

/** The check box of one alert; re-rendered only when its own state changes. */
export function SelectionBox({ id, title, selected }: { id: string; title: string; selected: Selection }) {
  const isSelected: ReadonlySignal<boolean> = useComputed(() => selected.value.has(id));
  return (
    <input
      type="checkbox"
      data-select={id}
      aria-label={t('Select {{text}}', { text: title })}
      checked={isSelected.value}
      onChange={() => toggle(selected, id)}
    />
  );
}
