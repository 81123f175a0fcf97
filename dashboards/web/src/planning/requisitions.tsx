import { useSignal } from '@preact/signals';
import { t } from '../i18n/i18n.ts';
import { save } from '../state.ts';

/** Proper names. */
const LAYOUTS = { sap: 'SAP', odoo: 'Odoo', erpnext: 'ERPNext', dynamics: 'Dynamics' };

/** Saves accepted orders as purchase requisitions that an ERP system imports. */
export function SaveRequisitions() {
  const layout = useSignal('sap');
  return (
    <>
      <label>
        {t('Requisitions for')}{' '}
        <select value={layout.value} onChange={(e) => (layout.value = e.currentTarget.value)}>
          {Object.entries(LAYOUTS).map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        onClick={() => void save(`/api/v1/plan.requisitions.csv?layout=${layout.value}`, 'requisitions.csv')}
      >
        {t('Save accepted orders (CSV)')}
      </button>
    </>
  );
}
