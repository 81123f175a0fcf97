import type { Signal } from '@preact/signals';
import { t } from '../i18n/i18n.ts';

export function QuantityField({ label, quantity }: { label: string; quantity: Signal<string> }) {
  return (
    <label>
      {label}{' '}
      <input
        type="number"
        name="quantity"
        required
        min={0}
        step="any"
        value={quantity.value}
        onInput={(e) => (quantity.value = e.currentTarget.value)}
      />
    </label>
  );
}

export function ReasonField({ reason, required = false }: { reason: Signal<string>; required?: boolean }) {
  return (
    <label>
      {t('Reason')}{' '}
      <input
        name="reason"
        required={required}
        maxLength={1000}
        value={reason.value}
        onInput={(e) => (reason.value = e.currentTarget.value)}
      />
    </label>
  );
}
