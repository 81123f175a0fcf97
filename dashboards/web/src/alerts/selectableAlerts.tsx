import { useEffect, useRef } from 'preact/hooks';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse } from '../session/session.ts';
import { AlertItem } from './alertList.tsx';
import { listKeyOf } from './alertSearch.ts';
import { type Selection, toggle } from './selection.tsx';

interface ListProps {
  alerts: readonly AlertRecord[];
  selected: Selection;
}

/** The list of alerts with check boxes and keyboard control: j, k, x, a and Escape. */
export function SelectableAlerts({ alerts, selected }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  const canSelect = mayUse('alerts');
  useEffect(() => {
    if (!canSelect) return;
    const onKey = (event: KeyboardEvent) => {
      const key = listKeyOf(event);
      if (key === null || isTyping(event.target)) return;
      event.preventDefault();
      if (key === 'selectAll') selected.value = new Set(alerts.map(({ id }) => id));
      else if (key === 'clear') selected.value = new Set();
      else move(list.current as HTMLUListElement, key, selected);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [alerts, canSelect]);
  return (
    <>
      {canSelect && alerts.length > 0 && (
        <p class="quiet">{t('Keys: j and k go from alert to alert, x selects one, a selects all, Escape none.')}</p>
      )}
      <ul class="alerts" ref={list}>
        {alerts.map((alert) => (
          <AlertItem key={alert.id} alert={alert} selected={canSelect ? selected : undefined} />
        ))}
      </ul>
    </>
  );
}

/** Whether the focused field consumes the key. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox]), select, textarea');

/** Moves the focus between the boxes, or selects the focused alert. */
function move(list: HTMLElement, key: 'next' | 'previous' | 'select', selected: Selection): void {
  const boxes = [...list.querySelectorAll<HTMLInputElement>('input[data-select]')];
  const at = boxes.findIndex((box) => box.closest('.alert')?.contains(document.activeElement));
  if (key === 'select') {
    if (at >= 0) toggle(selected, boxes[at].dataset.select ?? '');
    return;
  }
  const to = key === 'next' ? Math.min(at + 1, boxes.length - 1) : Math.max(at - 1, 0);
  boxes.at(to)?.focus();
}
