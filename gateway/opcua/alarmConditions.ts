import {
  type AddressSpace,
  type ConditionSnapshot,
  DataType,
  type Namespace,
  NodeId,
  StatusCodes,
  type UAAlarmConditionEx,
  type UAMethod,
  type UAObject,
} from 'node-opcua';
import type { Logger } from 'pino';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { LONGEST_SHELVED_MS } from './alarmMethods.ts';

/** OPC 10000-9 severities range from 1 to 1000: medium from 401, high from 601. */
const SEVERITIES = { warning: 500, critical: 800 };
/** Limit on conditions: each takes some 60 ms to create, and a megabyte. */
const MAX_CONDITIONS = 2000;

interface Slot {
  condition: UAAlarmConditionEx;
  /** Null if free. */
  alert: AlertRecord | null;
  /** True while a client's method runs; other changes wait. */
  isBusy: boolean;
}

/**
 * Alerts as conditions of OPC 10000-9: a machine is an object, and an alert one of its conditions. Later alerts of a
 * point reuse its conditions, so that clients find them in the same place.
 */
export class AlarmConditions {
  readonly #log: Logger;
  readonly #namespace: Namespace;
  readonly #folder: UAObject;
  readonly #machines = new Map<string, UAObject>();
  /** By machine and point. */
  readonly #slots = new Map<string, Slot[]>();
  readonly #byAlert = new Map<string, Slot>();
  readonly #byNode = new Map<string, Slot>();

  constructor(space: AddressSpace, log: Logger) {
    this.#log = log;
    space.installAlarmsAndConditionsService();
    this.#namespace = space.getOwnNamespace();
    const { server } = space.rootFolder.objects;
    this.#folder = this.#namespace.addFolder(space.rootFolder.objects, { browseName: 'Machines' });
    this.#folder.setEventNotifier(1);
    server.addReference({ referenceType: 'HasNotifier', nodeId: this.#folder });
    bindShelving(space);
  }

  /** Shows exactly these active alerts; all others have ended. */
  all(alerts: readonly AlertRecord[]): void {
    const active = new Set(alerts.map(({ id }) => id));
    for (const [id, slot] of this.#byAlert)
      if (!active.has(id) && slot.alert !== null) this.changed({ ...slot.alert, state: 'normal' });
    for (const alert of alerts) this.changed(alert);
  }

  changed(alert: AlertRecord): void {
    const isOver = alert.state === 'normal';
    const slot = this.#byAlert.get(alert.id) ?? (isOver ? null : this.#slotFor(alert));
    if (slot === null) return;
    this.#byAlert.set(alert.id, slot);
    slot.alert = alert;
    if (!slot.isBusy) this.#show(slot, alert);
  }

  /** Marks the state of all alerts as unknown. */
  lost(): void {
    for (const { condition } of this.#byAlert.values()) {
      const branch = condition.currentBranch();
      branch.setQuality(StatusCodes.BadNoCommunication);
      condition.raiseNewBranchState(branch);
    }
  }

  /** The alert of a condition, or of a child object such as its shelving state; null if it has none. */
  alertOf(node: UAObject): { id: string; branchOf: (eventId: Buffer | null) => ConditionSnapshot | null } | null {
    const slot = this.#byNode.get(node.nodeId.toString());
    if (!slot?.alert) return null;
    return { id: slot.alert.id, branchOf: (eventId) => slot.condition.findBranchForEventId(eventId) };
  }

  /** Delays changes of an alert until a client's method has changed the condition itself. */
  hold(id: string): () => void {
    const slot = this.#byAlert.get(id);
    if (slot === undefined) return () => undefined;
    slot.isBusy = true;
    return () => {
      slot.isBusy = false;
      if (slot.alert !== null) this.#show(slot, slot.alert);
    };
  }

  #slotFor(alert: AlertRecord): Slot | null {
    const key = `${machineKey(alert)}/${alert.point}`;
    const slots = this.#slots.get(key) ?? [];
    this.#slots.set(key, slots);
    const free = slots.find((slot) => slot.alert === null);
    if (free !== undefined) return free;
    if (this.#byNode.size >= 2 * MAX_CONDITIONS) {
      this.#log.error(
        { alert: alert.id },
        `an alert is not shown: the limit of ${MAX_CONDITIONS} conditions is reached`,
      );
      return null;
    }
    const name = slots.length === 0 ? alert.point : `${alert.point} ${slots.length + 1}`;
    const slot = {
      condition: this.#newCondition(alert, `${key}${slots.length === 0 ? '' : `/${slots.length + 1}`}`, name),
      alert: null,
      isBusy: false,
    };
    slots.push(slot);
    this.#byNode.set(slot.condition.nodeId.toString(), slot);
    if (slot.condition.shelvingState) this.#byNode.set(slot.condition.shelvingState.nodeId.toString(), slot);
    return slot;
  }

  #newCondition(alert: AlertRecord, id: string, name: string): UAAlarmConditionEx {
    const machine = this.#machineOf(alert);
    const condition = this.#namespace.instantiateAlarmCondition('AlarmConditionType', {
      browseName: name,
      nodeId: `s=${id}`,
      componentOf: machine,
      conditionSource: machine,
      conditionName: `${alert.asset} ${name}`,
      inputNode: NodeId.nullNodeId,
      optionals: ['ConfirmedState', 'Confirm', 'ShelvingState', 'SuppressedState'],
      maxTimeShelved: LONGEST_SHELVED_MS,
    });
    condition.shelvingState?.setState('Unshelved');
    condition.suppressedState?.setValue(false);
    // The library prepends the namespace index.
    condition.sourceName.setValueFromSource({ dataType: DataType.String, value: alert.asset });
    return condition;
  }

  #machineOf(alert: AlertRecord): UAObject {
    const key = machineKey(alert);
    const known = this.#machines.get(key);
    if (known !== undefined) return known;
    const machine = this.#namespace.addObject({
      browseName: alert.asset,
      displayName: alert.asset,
      description: key,
      nodeId: `s=${key}`,
      organizedBy: this.#folder,
      eventSourceOf: this.#folder,
      eventNotifier: 1,
    });
    this.#machines.set(key, machine);
    return machine;
  }

  /** Updates an alert's condition, with an event if anything changed; frees the condition once the alert has ended. */
  #show(slot: Slot, alert: AlertRecord): void {
    const { condition } = slot;
    const branch = condition.currentBranch();
    const next = stateOf(alert);
    const isChanged = JSON.stringify(next) !== JSON.stringify(fillCondition(condition, branch));
    if (isChanged) {
      branch.setActiveState(next.active);
      branch.setAckedState(next.acked);
      branch.setConfirmedState(next.confirmed);
      if (next.comment !== '') branch.setComment(next.comment);
      condition.suppressedState?.setValue(next.suppressed);
      condition.shelvingState?.setState(next.shelved ? 'TimedShelved' : 'Unshelved');
      const { message, severity, retain } = next;
      condition.raiseNewCondition({ message, severity, retain, quality: StatusCodes.Good });
    }
    if (alert.state !== 'normal') return;
    slot.alert = null;
    this.#byAlert.delete(alert.id);
  }
}

/** Shelving by the methods of the type, on a condition's state or the condition itself (OPC 10000-9, 5.8.17). */
function bindShelving(space: AddressSpace): void {
  for (const [id, name] of [
    [2947, 'unshelve'],
    [2948, 'oneShotShelve'],
    [2949, 'timedShelve'],
  ] as const) {
    const method = space.findNode(`ns=0;i=${id}`) as UAMethod;
    method.bindMethod((inputs, context, done) => {
      const object = context.object as unknown as Record<string, UAObject & Record<string, UAMethod>>;
      const state = object.shelvingState ?? (context.object as unknown as UAObject & Record<string, UAMethod>);
      state[name].execute(state, inputs, context, done as never);
    });
  }
}

/** Maps an alert to the state of its condition. Pure. */
function stateOf(alert: AlertRecord) {
  return {
    active: alert.returnedAtMs === null && alert.closed === undefined,
    acked: alert.acknowledgedAtMs !== null,
    confirmed: alert.closed !== undefined,
    shelved: alert.state === 'shelved',
    // The library does not implement OutOfServiceState.
    suppressed: alert.suppressed !== undefined || alert.outOfService !== undefined,
    message: alert.text,
    severity: SEVERITIES[alert.severity],
    comment: alert.comment ?? '',
    retain: alert.state !== 'normal',
    quality: StatusCodes.Good.value,
  };
}

function fillCondition(condition: UAAlarmConditionEx, branch: ConditionSnapshot): ReturnType<typeof stateOf> {
  return {
    active: branch.getActiveState(),
    acked: branch.getAckedState(),
    confirmed: branch.getConfirmedState(),
    shelved: condition.shelvingState?.getCurrentState() !== 'Unshelved',
    suppressed: condition.suppressedState?.getValue() ?? false,
    message: branch.getMessage().text ?? '',
    severity: branch.getSeverity(),
    comment: branch.getComment().text ?? '',
    retain: branch.getRetain(),
    quality: branch.getQuality().value,
  };
}
