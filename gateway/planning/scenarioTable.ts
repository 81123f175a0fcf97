import type { PlanScenario } from '#models/contracts/planScenario.ts';
import type { Sql } from '../store/sql.ts';
import { type Row, Statements } from '../store/statements.ts';

/** Migration of `planning.db` that adds saved what-if plans. */
export const SCENARIO_SCHEMA =
  'CREATE TABLE plan_scenarios (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;';

/** Limit on stored scenarios: more cannot be compared side by side. */
export const MOST_SCENARIOS = 12;

/** Saved what-if plans for comparison, in `planning.db`. */
export class ScenarioTable {
  readonly #db: Sql;
  readonly #statements: Statements;

  constructor(db: Sql) {
    this.#db = db;
    this.#statements = new Statements(db);
  }

  /** Oldest first. */
  all(): PlanScenario[] {
    return this.#statements.all('SELECT * FROM plan_scenarios ORDER BY id').map(scenarioOf);
  }

  scenario(id: string): PlanScenario | null {
    const row = this.#statements.get('SELECT * FROM plan_scenarios WHERE id = ?', Number(id));
    return row === undefined ? null : scenarioOf(row);
  }

  /** Why a scenario of this name cannot be added; null if it can. */
  refusal(name: string): string | null {
    const all = this.all();
    if (all.some((s) => s.name === name)) return `there is a scenario ${name} already`;
    return all.length >= MOST_SCENARIOS ? `at most ${MOST_SCENARIOS} scenarios are kept: remove one first` : null;
  }

  /** Stores a new scenario. @returns why it was not stored, if a concurrent request prevents it. */
  add(made: Omit<PlanScenario, 'id'>): PlanScenario | string {
    return this.#db.transaction(() => {
      const refused = this.refusal(made.name);
      if (refused !== null) return refused;
      const sql = 'INSERT INTO plan_scenarios (name, record) VALUES (?, ?)';
      const { lastInsertRowid } = this.#statements.run(sql, made.name, JSON.stringify(made));
      return { ...made, id: String(lastInsertRowid) };
    })();
  }

  /** Stores a replanned scenario. */
  keep({ id, ...record }: PlanScenario): void {
    this.#statements.run('UPDATE plan_scenarios SET record = ? WHERE id = ?', JSON.stringify(record), Number(id));
  }

  remove(id: string): PlanScenario | null {
    const known = this.scenario(id);
    this.#statements.run('DELETE FROM plan_scenarios WHERE id = ?', Number(id));
    return known;
  }
}

const scenarioOf = ({ id, record }: Row): PlanScenario => ({ ...JSON.parse(record as string), id: String(id) });
