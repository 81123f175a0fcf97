import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { positive, separator } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { EventRule } from '#models/fleet/eventRules.ts';
import { JOIN_WITHIN_HELP, readTogether } from './readTogether.ts';
import { makeDirectory, withUsageError } from './withUsageError.ts';

interface FleetArguments {
  unit: string;
  time: string;
  ignore: string[];
  separator?: string;
  joinWithin?: number;
}

/** `millwright fleet`: compares the machines of a fleet. */
export function addFleetCommands(program: Command, shell: Shell): void {
  const fleet = program.command('fleet').description('compares the machines of a fleet, and learns from all of them');
  addFamilies(fleet, shell);
  addNormal(fleet, shell);
  addRules(fleet, shell);
}

function withTelemetry(command: Command): Command {
  return command
    .argument(
      '<files...>',
      'a row a machine and time, further columns are channels; Parquet or .xlsx too, several files, or those of a folder',
    )
    .option('--unit <column>', "the machine's column; without it each file is a machine, by its name", 'unit')
    .option('--time <column>', "the time's column: numbers or dates", 'time')
    .option('--ignore <columns>', 'columns that are no channels, with commas', (list) => list.split(','), [])
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--join-within <n>', JOIN_WITHIN_HELP, positive);
}

/** Machines with enough rows, and how they behave. */
async function behavioursOf(shell: Shell, files: string[], o: FleetArguments) {
  const { readTelemetry } = await import('#models/health/failure/failureRecords.ts');
  const { behaviourOf, MIN_ROWS } = await import('#models/fleet/families.ts');
  const { channels, telemetry } = await readTogether(shell, files, { ...o, complete: false }, (t) =>
    readTelemetry(t, o),
  );
  if (channels.length === 0) throw shell.usage('there is no column of values');
  const known = telemetry.filter(({ rows }) => rows.length >= MIN_ROWS);
  const short = telemetry.filter(({ rows }) => rows.length < MIN_ROWS).map(({ unit }) => unit);
  if (short.length > 0) shell.info(`fewer than ${MIN_ROWS} rows: ${short.slice(0, 20).join(', ')}`);
  if (known.length < 2) throw shell.usage(`${known.length} machines with ${MIN_ROWS} rows or more; 2 are needed`);
  return { channels, machines: known, behaviours: known.map(behaviourOf) };
}

function addFamilies(fleet: Command, shell: Shell): void {
  withTelemetry(fleet.command('compare'))
    .description(
      'families of machines that behave alike, machines unlike their sisters, and levels beyond published norms',
    )
    .option('--norms <file>', 'a table of channel, low, high and source')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright fleet compare pumps.csv --unit pump --time time --norms norms.csv')
    .action(async (files: string[], o: FleetArguments & { norms?: string; json?: boolean }) => {
      const { behaviourNames, familiesOf, MIN_MEMBERS } = await import('#models/fleet/families.ts');
      const { beyondNorms, MIN_SISTERS, readNorms, unlikeSisters } = await import('#models/fleet/sisters.ts');
      const { readNamed } = await import('#models/tables/parseTable.ts');
      await shell.onTable(async () => {
        const { channels, behaviours } = await behavioursOf(shell, files, o);
        const norms =
          o.norms === undefined
            ? []
            : readNamed({ name: o.norms, bytes: shell.bytes(o.norms) }, undefined, shell.info, (table) =>
                readNorms(table, channels),
              );
        const names = behaviourNames(channels);
        const families = familiesOf(behaviours);
        const alone = families.filter(({ units }) => units.length < MIN_MEMBERS).flatMap(({ units }) => units);
        const unlike = unlikeSisters(behaviours, families, names);
        const beyond = beyondNorms(behaviours, norms, names);
        if (o.json) {
          shell.write(
            JSON.stringify({
              families: families.filter(({ units }) => !alone.includes(units[0])),
              alone,
              unlike,
              beyond,
            }),
          );
          return;
        }
        families.forEach(({ units, silhouette }, i) => {
          if (units.length < MIN_MEMBERS) return;
          shell.write(`family ${i + 1}: ${units.join(', ')} (silhouette ${silhouette.toFixed(2)})`);
          if (units.length <= MIN_SISTERS)
            shell.info(`family ${i + 1} has ${units.length} machines: ${MIN_SISTERS + 1} are needed for a comparison`);
        });
        for (const unit of alone) shell.write(`${unit}: behaves like no other machine, or one other alone`);
        for (const { unit, measure, value, usual, times } of unlike)
          shell.write(
            `${unit}: ${measure} ${short(value)}, its sisters ${short(usual)} on average (${times.toFixed(1)} times the limit)`,
          );
        for (const { unit, channel, value, low, high, source } of beyond)
          shell.write(
            `${unit}: ${channel} at ${short(value)}, ${value > high ? `above ${high}` : `below ${low}`} of ${source}`,
          );
        if (unlike.length + beyond.length + alone.length === 0)
          shell.write(`${behaviours.length} machines, all like their sisters`);
      });
    });
}

const short = (v: number) => Number(v.toPrecision(4));

function addNormal(fleet: Command, shell: Shell): void {
  withTelemetry(fleet.command('normal'))
    .description('the normal of a new machine from the machines of its family: a model as of `train anomaly`')
    .requiredOption('--machine <unit>', 'the new machine: it needs 30 rows in the table, to find its family')
    .requiredOption('--out <dir>', 'output directory')
    .addHelpText('after', '\nExample:\n  millwright fleet normal pumps.csv --unit pump --machine pump-9 --out model')
    .action(async (files: string[], o: FleetArguments & { machine: string; out: string }) => {
      const { familiesOf, familyFor } = await import('#models/fleet/families.ts');
      const { familyNormal } = await import('#models/fleet/familyNormal.ts');
      makeDirectory(shell, o.out);
      await shell.onTable(async () => {
        const { channels, machines, behaviours } = await behavioursOf(shell, files, o);
        const own = behaviours.find(({ unit }) => unit === o.machine);
        if (!own) throw shell.usage(`--machine: no ${o.machine} with enough rows in ${files.join(', ')}`);
        const others = behaviours.filter((one) => one !== own);
        const family = familyFor(own, others, familiesOf(others));
        if (!family) throw shell.failure(`${o.machine} behaves like no family: let it learn its own normal`);
        const sisters = machines.filter(({ unit }) => family.units.includes(unit));
        const notes = { data: files.map((file) => basename(file)).join(', '), version: shell.version, seed: 1 };
        const model = withUsageError(shell, files.join(', '), () => familyNormal(channels, sisters, notes));
        const out = join(o.out, 'model.json');
        writeFileSync(out, JSON.stringify(model));
        shell.info(`${out}: the normal of ${sisters.map(({ unit }) => unit).join(', ')}`);
      });
    });
}

function addRules(fleet: Command, shell: Shell): void {
  fleet
    .command('rules')
    .description('events and sequences of two events that precede failures, tested against chance')
    .argument('<file>', 'events: unit, time, kind')
    .requiredOption('--failures <file>', 'a row a failure: unit, time and what failed')
    .requiredOption('--horizon <time>', 'a failure follows within so much: hours where times are dates', positive)
    .option('--unit <column>', "the unit's column, in both tables", 'unit')
    .option('--time <column>', "the time's column, in both tables", 'time')
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--jsonl', 'a line of JSON for each rule on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  millwright fleet rules errors.csv --failures failures.csv --unit machineID --time datetime --horizon 48',
    )
    .action(
      async (
        file: string,
        o: { failures: string; horizon: number; unit: string; time: string; separator?: string; jsonl?: boolean },
      ) => {
        const { eventRules, historyOf } = await import('#models/fleet/eventRules.ts');
        const { isDated, readEvents } = await import('#models/health/failure/failureRecords.ts');
        const { readNamed } = await import('#models/tables/parseTable.ts');
        await shell.onTable(() => {
          const read = (name: string) =>
            readNamed({ name, bytes: shell.bytes(name) }, o.separator, shell.info, (table) =>
              readEvents(table, o, isDated(table, o.time)),
            );
          const history = historyOf(read(file), read(o.failures));
          const { rules, tried } = eventRules(history, o.horizon);
          shell.info(`${tried} rules tried`);
          for (const rule of rules) shell.write(o.jsonl ? JSON.stringify(rule) : ruleLine(rule));
          if (rules.length === 0 && !o.jsonl) shell.write('no event precedes failures more often than by chance');
        });
      },
    );
}

const percent = (v: number) => `${(100 * v).toFixed(v < 0.1 ? 1 : 0)} %`;

function ruleLine(rule: EventRule): string {
  const { events, ordered, failure, occurrences, followed, support, coverage, confidence, low, high, lift, p } = rule;
  return `${events.join(ordered ? ' then ' : ' and ')} → ${failure}: followed ${followed} of ${occurrences} times, confidence ${percent(confidence)} (${percent(low)} to ${percent(high)}), lift ${lift.toFixed(1)}, support ${percent(support)}, before ${percent(coverage)} of the failures, p ${p < 1e-16 ? 'below 1e-16' : p.toPrecision(2)}`;
}
