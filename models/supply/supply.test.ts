import { describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { parseTable, TableError } from '#models/tables/parseTable.ts';
import { cleaningLines } from './cleaning.ts';
import { dateOrderOf, parseDate } from './dates.ts';
import { demandHistories } from './demandHistories.ts';
import { numberStyleOf, parseNumber } from './numberStyle.ts';
import { periodOf, startOf } from './periods.ts';
import { readSupply } from './readSupply.ts';
import { findContradictions } from './supersessions.ts';
import { noSupply, type SupplyRow, type SupplyTable } from './supplyTables.ts';
import { tableOfRecords } from './tableOfRecords.ts';

const read = (kind: SupplyTable, text: string | Uint8Array, dates?: 'dmy' | 'mdy') =>
  readSupply(kind, parseTable(typeof text === 'string' ? Buffer.from(text) : text), { dates });

test.each([
  ['2026-01-31', '2026-01-31'],
  ['2026-1-5', '2026-01-05'],
  ['2026-01-31T08:00:00Z', '2026-01-31'],
  ['2026-01-31 08:00', '2026-01-31'],
  ['2026/01/31', '2026-01-31'],
  ['20260131', '2026-01-31'],
  ['2026-03', '2026-03-01'],
  ['31.01.2026', '2026-01-31'],
  ['31/01/2026', '2026-01-31'],
  ['31-1-2026', '2026-01-31'],
  ['Mar 2026', '2026-03-01'],
  ['5 March 2026', '2026-03-05'],
  ['March 5, 2026', '2026-03-05'],
  ['2026-W01', '2025-12-29'],
  ['2026W53', '2026-12-28'],
  ['2023-W53', null],
  ['9999-W53', null],
  ['2026Q3', '2026-07-01'],
  ['Q3 2026', '2026-07-01'],
  ['45292', '2024-01-01'],
  ['2026-02-30', null],
  ['31.13.2026', null],
  ['yesterday', null],
  ['12.5', null],
  ['', null],
])('the date %j is %s', (cell, date) => {
  expect(parseDate(cell, 'dmy')).toBe(date);
});

test('the order of day and month follows from unambiguous dates', () => {
  expect(dateOrderOf(['03/04/2026', '25/04/2026'])).toBe('dmy');
  expect(dateOrderOf(['03/04/2026', '04/25/2026'])).toBe('mdy');
  expect(dateOrderOf(['03/04/2026', '05/06/2026'])).toBeNull();
  expect(dateOrderOf(['03.04.2026'])).toBe('dmy');
  expect(parseDate('04/25/2026', 'mdy')).toBe('2026-04-25');
});

test.each([
  [['1.5', '2'], ',', '1.5', 1.5],
  [['1,5', '2'], ';', '1,5', 1.5],
  [['1.234,50'], ';', '1.234,50', 1234.5],
  [['1.234', '12,5'], ';', '1.234', 1234],
  [['1,234.50', '7'], ';', '1,234.50', 1234.5],
  [['1,234', '7'], ',', '1,234', 1234],
  [['1,234', '7'], ';', '1,234', 1.234],
  [['€ 1 234.50'], ',', '€ 1 234.50', 1234.5],
  [['95 %'], ',', '95%', 0.95],
  [['(5)'], ',', '(5)', -5],
  [['5-'], ',', '5-', -5],
  [['1e3'], ',', '1e3', 1000],
  [['0x1f'], ',', '0x1f', Number.NaN],
  [['1.2.3'], ',', '1.2.3', Number.NaN],
  [['1.234', '5,5', '12.5'], ';', '12.5', Number.NaN],
  [['1,234.50', '12,5'], ';', '12,5', Number.NaN],
])('in a file of %j separated by %j, %j is %d', (cells, separator, cell, value) => {
  expect(parseNumber(cell, numberStyleOf(cells, separator))).toEqual(value);
});

test('periods are numbered across years, and begin by the calendar', () => {
  expect(periodOf('month', '2026-01-01') - periodOf('month', '2025-12-31')).toBe(1);
  expect(startOf('month', periodOf('month', '2026-03-17'))).toBe('2026-03-01');
  expect(startOf('week', periodOf('week', '2026-11-24'))).toBe('2026-11-23');
  expect(startOf('week', periodOf('week', '2026-11-23'))).toBe('2026-11-23');
  expect(startOf('day', periodOf('day', '2026-11-24'))).toBe('2026-11-24');
});

describe('thirty kinds of broken files', () => {
  const head = 'item,date,quantity\n';
  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

  /** Refused: the message, with its position. */
  test.each<[string, SupplyTable, string | Uint8Array, RegExp]>([
    ['nothing at all', 'demand', '', /line 1: the file is empty/],
    ['blanks alone', 'demand', ' \n\n', /line 1: the file is empty/],
    ['a header alone', 'demand', head, /line 2: no row/],
    ['zero bytes', 'demand', Buffer.from([0, 1, 2, 0, 0]), /line 1: the file holds zero bytes/],
    ['a picture', 'demand', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), /zero bytes/],
    ['no column of dates', 'demand', 'item,quantity\na,1\n', /line 1: no column for date; found item, quantity/],
    ['columns of another table', 'demand', 'order,supplier\n1,x\n', /line 1: no column for item, date, quantity/],
    [
      'a column twice',
      'demand',
      'item,date,quantity,quantity\na,2026-01-01,1,2\n',
      /column 4: the column quantity stands twice/,
    ],
    [
      'words for numbers',
      'demand',
      `${head}a,2026-01-01,many\n`,
      /line 2, column 3 \(quantity\): found "many"; a number/,
    ],
    ['an error of a spreadsheet', 'demand', `${head}a,2026-01-01,#REF!\n`, /line 2, column 3 .*"#REF!"/],
    ['no quantity', 'demand', `${head}a,2026-01-01,\n`, /line 2, column 3 \(quantity\): found ""; a value is needed/],
    ['no item', 'demand', `${head},2026-01-01,3\n`, /line 2, column 1 \(item\)/],
    ['words for dates', 'demand', `${head}a,soon,3\n`, /line 2, column 2 \(date\): found "soon"/],
    ['a day that no calendar has', 'demand', `${head}a,2026-02-30,3\n`, /line 2, column 2 \(date\)/],
    ['a date of two digits a year', 'demand', `${head}a,01/02/26,3\n`, /line 2, column 2 \(date\)/],
    ['dates that may be two days', 'demand', `${head}a,03/04/2026,3\n`, /column 2 \(date\): .*dmy or mdy/],
    ['a header of dates that may be two days', 'demand', 'item,1/2/2026,2/2/2026\na,1,2\n', /line 1: days and months/],
    ['days first, and months first', 'demand', `${head}a,25/04/2026,3\nb,04/25/2026,3\n`, /line 3, column 2/],
    [
      'a cell too many',
      'demand',
      `${head}a,2026-01-01,3,7\n`,
      /line 2, column 4 \(none\): found "7"; the header has 3/,
    ],
    ['a quote that never ends', 'demand', `${head}"a,2026-01-01,3\nb,2026-01-02,4\n`, /quote/i],
    ['a number without end', 'demand', `${head}a,2026-01-01,1e300\n`, /line 2, column 3 .*at most/],
    [
      'a kind that is none',
      'demand',
      'item,date,quantity,kind\na,2026-01-01,3,gift\n',
      /column 4 \(kind\).*order, shipment, usage, return/,
    ],
    ['a pack of none', 'items', 'item,pack_size\na,0\n', /line 2, column 2 \(pack_size\).*above 0/],
    ['a cost below nothing', 'items', 'item,unit_cost\na,-1\n', /line 2, column 2 \(unit_cost\).*at least 0/],
    ['an item told twice', 'items', 'item,unit_cost\na,1\na,2\n', /line 3: a stands twice/],
    ['a percentage of pieces', 'stock', 'item,quantity\na,4%\n', /line 2, column 2 \(quantity\): found "4%"; a number/],
    [
      'a period that stands twice',
      'demand',
      'sku,2026-01,2026-02,2026-01\na,1,2,3\n',
      /line 1, column 4: the period 2026-01/,
    ],
    [
      'a purchase of nothing',
      'purchases',
      'order,item,quantity,ordered\n1,a,0,2026-01-01\n',
      /column 3 \(quantity\).*above 0/,
    ],
    ['a lead time of ages', 'items', 'item,lead_time_days\na,1e12\n', /column 2 \(lead_time_days\).*at most 3650/],
    ['more than a date', 'demand', `${head}a,31.01.2024 rubbish,3\n`, /line 2, column 2 \(date\)/],
    ['a time that no clock has', 'demand', `${head}a,2024-01-31 99:99,3\n`, /line 2, column 2 \(date\)/],
    ['a word like a month', 'demand', `${head}a,Marble 2024,3\n`, /line 2, column 2 \(date\)/],
    [
      'a word in a wide table',
      'demand',
      'sku,2026-01,2026-02\na,1,many\n',
      /line 2, column 3 \(quantity\): found "many"/,
    ],
    ['names without end', 'demand', `item,${'x'.repeat(5000)}\na,1\n`, /found item, x{40}$/],
    ['a text of two lines', 'items', 'item,name\na,"one\ntwo"\n', /column 2 \(name\).*without tabs and line ends/],
    ['a text without end', 'items', `item,name\na,${'x'.repeat(300)}\n`, /column 2 \(name\).*at most 200/],
    ['columns without end', 'demand', `item${',x'.repeat(30_000)}\n`, /30001 columns; 20000 are the most/],
  ])('%s', (_, kind, text, message) => {
    expect(() => read(kind, text)).toThrow(TableError);
    expect(() => read(kind, text)).toThrow(message);
  });

  /** Repaired: the rows, and the note on them. */
  test.each<[string, SupplyTable, string | Uint8Array, object, RegExp | null]>([
    ['semicolons', 'demand', 'item;date;quantity\na;2026-01-01;3\n', { item: 'a', quantity: 3 }, /separated by ";"/],
    ['tabs', 'demand', 'item\tdate\tquantity\na\t2026-01-01\t3\n', { quantity: 3 }, /separated/],
    ['decimal commas', 'demand', 'item;date;quantity\na;2026-01-01;3,5\n', { quantity: 3.5 }, /decimal commas/],
    [
      'points between thousands',
      'demand',
      'item;date;quantity\na;2026-01-01;1.234,5\n',
      { quantity: 1234.5 },
      /parts thousands/,
    ],
    ['UTF-16', 'demand', utf16(`${head}ä,2026-01-01,3\n`), { item: 'ä' }, /utf-16/],
    ['Windows-1252', 'demand', latin1(`${head}ä,2026-01-01,3\n`), { item: 'ä' }, /Windows-1252/],
    ['a mark of its bytes', 'demand', `\ufeff${head}a,2026-01-01,3\n`, { item: 'a' }, null],
    ['line ends of old', 'demand', `item,date,quantity\r\na,2026-01-01,3\r\n`, { item: 'a' }, null],
    ['empty lines', 'demand', `\n${head}\n\na,2026-01-01,3\n\n`, { item: 'a' }, null],
    [
      'other names',
      'demand',
      'SKU,Order Date,Qty\na,2026-01-01,3\n',
      { item: 'a', date: '2026-01-01', quantity: 3 },
      null,
    ],
    [
      'more columns',
      'demand',
      'item,date,quantity,buyer\na,2026-01-01,3,Ann\n',
      { item: 'a' },
      /1 columns are not used: buyer/,
    ],
    ['months first', 'demand', `${head}a,12/31/2026,3\n`, { date: '2026-12-31' }, /month\/day\/year/],
    ['days of a spreadsheet', 'demand', `${head}a,45292,3\n`, { date: '2024-01-01' }, null],
    [
      'a negative quantity',
      'demand',
      `${head}a,2026-01-01,-3\n`,
      { kind: 'return', quantity: 3 },
      /1 negative quantities are read as returns/,
    ],
    [
      'a row twice',
      'demand',
      'item,date,quantity,ref\na,2026-01-01,3,7\na,2026-01-01,3,7\n',
      { quantity: 6 },
      /1 rows are added to others/,
    ],
    [
      'two rows of a day',
      'demand',
      `${head}a,2026-01-01,3\na,2026-01-01,4\n`,
      { quantity: 7 },
      /1 rows are added to others/,
    ],
    [
      'a wide table',
      'demand',
      'sku,2026-01,2026-02\na,3,\n',
      { item: 'a', date: '2026-01-01', quantity: 3 },
      /wide table of 2 periods/,
    ],
    ['a wide table of sites', 'demand', 'sku,site,2026-01\na,north,3\n', { site: 'north', quantity: 3 }, /wide table/],
    ['units that are owed', 'stock', 'item,quantity\na,-4\n', { quantity: -4 }, null],
    ['what is an order anyway', 'demand', 'item,date,quantity,kind\na,2026-01-01,3,order\n', { quantity: 3 }, null],
    [
      'points that may part thousands',
      'demand',
      'item;date;quantity\na;2026-01-01;1.234\n',
      { quantity: 1.234 },
      /decimal point/,
    ],
    ['a short row', 'items', 'item,name,unit_cost\na\n', { item: 'a' }, null],
    ['lines of separators alone', 'demand', `${head}a,2026-01-01,3\n,,\n,,\n`, { item: 'a' }, null],
    ['a line of a spreadsheet', 'items', 'sep=;\nitem;name\na;b,c\n', { item: 'a', name: 'b,c' }, /separated by ";"/],
    ['line ends of two kinds', 'demand', 'item,date,quantity\r\na,2026-01-01,3\n', { quantity: 3 }, null],
    ['UTF-16 without a mark', 'demand', utf16(`${head}a,2026-01-01,3\n`).subarray(2), { item: 'a' }, /utf-16le/],
    ['a time of the afternoon', 'demand', `${head}a,1/31/2024 3:05:00 PM,3\n`, { date: '2024-01-31' }, /month/],
    ['a time at the end of a day', 'demand', `${head}a,2024-01-31T24:00:00 +0200,3\n`, { date: '2024-01-31' }, null],
    ['a month by its German name', 'demand', `${head}a,März 2024,3\n`, { date: '2024-03-01' }, null],
    [
      'a wide table with a note',
      'demand',
      'sku,2026-01,remark\na,3,x\n',
      { quantity: 3 },
      /1 columns are not used: remark/,
    ],
    ['a padded line of a spreadsheet', 'items', 'sep=;;;\nitem;name\na;b\n', { item: 'a' }, /separated/],
    ['a month by its name', 'demand', `${head}a,Sept 2024,3\n`, { date: '2024-09-01' }, null],
    ['signs of money', 'items', 'item,price\na,"$1,234.50"\n', { unit_cost: 1234.5 }, /"," parts thousands/],
  ])('%s', (_, kind, text, row, note) => {
    const { rows, notes } = read(kind, text);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject(row);
    if (note) expect(notes.join('\n')).toMatch(note);
    else expect(notes).toEqual([]);
  });

  test('all errors of a file are reported at once; a million of them are twenty and a count', () => {
    const many = `${head}${'a,soon,many\n'.repeat(1000)}`;
    const refused = () => read('demand', many);
    expect(refused).toThrow(/line 2, column 2 .*\nline 2, column 3 .*\nline 3, column 2/);
    expect(refused).toThrow(/and 1980 more$/);
  });

  test('day before month, if configured', () => {
    expect(read('demand', `${head}a,03/04/2026,3\n`, 'mdy').rows[0]).toMatchObject({ date: '2026-03-04' });
  });

  test('JSON records are a table whose lines are their numbers', () => {
    const { rows } = readSupply('demand', tableOfRecords([{ item: 'a', date: '2026-01-01', quantity: 1234.5 }]));
    expect(rows).toEqual([{ item: 'a', date: '2026-01-01', quantity: 1234.5 }]);
    expect(() => readSupply('demand', tableOfRecords([{ item: 'a', date: '2026-01-01', quantity: 'x' }]))).toThrow(
      /line 1, column 3 \(quantity\)/,
    );
    expect(tableOfRecords({ item: 'a' }).rows).toEqual([['item'], ['a']]);
    expect(() => tableOfRecords([3])).toThrow(/record 1: an object/);
    expect(() => tableOfRecords({})).toThrow(/a list of records/);
  });
});

describe('histories', () => {
  const row = (date: string, quantity: number, more: Partial<SupplyRow<'demand'>> = {}): SupplyRow<'demand'> => ({
    item: 'a',
    date,
    quantity,
    ...more,
  });
  const of = (demand: SupplyRow<'demand'>[], more: Partial<ReturnType<typeof noSupply>> = {}, today = '2026-07-10') =>
    demandHistories({ ...noSupply(), demand, ...more }, 'month', today);

  test('a period without a row has no demand; the current one is left out', () => {
    const { items, cleaning } = of([row('2026-02-03', 5), row('2026-05-31', 2), row('2026-07-02', 9)]);
    expect(items[0].quantity).toEqual([5, 0, 0, 2, 0]);
    expect(startOf('month', items[0].firstPeriod)).toBe('2026-02-01');
    expect(cleaning.notEnded).toBe(1);
  });

  test('if all records begin within a month, that month is left out', () => {
    const demand = [
      row('2026-02-17', 5),
      row('2026-03-01', 9),
      row('2026-06-03', 2),
      row('2026-04-02', 1, { item: 'b' }),
    ];
    const { items, cleaning } = of(demand);
    expect(items.map((i) => i.quantity)).toEqual([
      [9, 0, 0, 2],
      [1, 0, 0],
    ]);
    expect(cleaning.begunLate).toBe(1);
  });

  test('orders count if there are any, else shipments; usage is added, returns are deducted', () => {
    const demand = [
      row('2026-05-01', 8, { kind: 'order' }),
      row('2026-05-09', 7, { kind: 'shipment' }),
      row('2026-06-01', 3, { kind: 'usage' }),
      row('2026-06-20', 5, { kind: 'return' }),
    ];
    expect(of(demand).items[0].quantity).toEqual([6, 0]);
    expect(of(demand.slice(1, 2)).items[0].quantity).toEqual([7, 0]);
    expect(of([row('2026-05-01', 1), row('2026-06-01', 9, { kind: 'return' })]).cleaning).toMatchObject({
      returned: 1,
      unmatchedReturns: 1,
    });
  });

  test('the end of a few items’ records is reported: demand may have ended, or tables may be late', () => {
    const rows = Array.from({ length: 12 }, (_, i) => row(`2025-${String(i + 1).padStart(2, '0')}-10`, 20));
    const { items, cleaning } = of(rows);
    expect(items[0].quantity.slice(-6)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(cleaning.silentEnd).toBe(6);
    expect(cleaningLines(cleaning, 'month')).toEqual([expect.stringMatching(/^6 months at the end have no record/)]);
  });

  test('contradictory supersessions are reported', () => {
    const two = ['a', 'b'].map((item) => ({ item, supersedes: 'c' }));
    expect(findContradictions(two)).toEqual(['c is replaced by a and by b: b has its history']);
    const circle = [
      { item: 'a', supersedes: 'b' },
      { item: 'b', supersedes: 'a' },
    ];
    expect(findContradictions(circle)).toHaveLength(2);
    expect(findContradictions([{ item: 'b', supersedes: 'a' }])).toEqual([]);
  });

  test('a successor inherits the history, through a chain; a circle is left unchanged', () => {
    const chain = [
      { item: 'c', supersedes: 'b' },
      { item: 'b', supersedes: 'a' },
    ];
    const { items } = of([row('2026-04-01', 4), row('2026-06-01', 2, { item: 'c' })], { items: chain });
    expect(items).toMatchObject([{ item: 'c', quantity: [4, 0, 2] }]);
    const circle = [
      { item: 'a', supersedes: 'b' },
      { item: 'b', supersedes: 'a' },
    ];
    expect(of([row('2026-06-01', 2)], { items: circle }).items[0].item).toBe('a');
  });

  test('units are converted by dozens and packs; others are left out and counted', () => {
    const items = [{ item: 'a', unit: 'each', pack_size: 5 }];
    const demand = ['dozen', 'pack', 'Each', 'kg'].map((unit) => row('2026-06-01', 2, { unit }));
    const { items: histories, cleaning } = of(demand, { items });
    expect(histories[0].quantity).toEqual([24 + 10 + 2]);
    expect(cleaning).toMatchObject({ converted: 2, unknownUnit: 1 });
    expect(cleaningLines(cleaning, 'month').join()).toMatch(/1 rows are left out: their unit/);
  });

  test('the usage of machines in the bill of materials is known for each period', () => {
    const bom = [{ machine: 'pump-1', item: 'a' }];
    const maintenance = [
      { machine: 'pump-1', item: 'a', date: '2026-06-03', kind: 'failure', quantity: 2 },
      { machine: 'pump-2', item: 'a', date: '2026-06-04', kind: 'failure' },
      { machine: 'pump-1', item: 'a', date: '2026-06-05', kind: 'planned' },
    ];
    const [history] = of([row('2026-06-01', 4)], { bom, maintenance }).items;
    expect(history).toMatchObject({ quantity: [7], byMachines: [2] });
  });

  test('an unusual demand is marked and kept; so is a change of the unit', () => {
    const random = randomOf(1);
    const month = (i: number) => `${2024 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-05`;
    const steady = Array.from({ length: 24 }, (_, i) => row(month(i), Math.round(40 + 10 * random())));
    const odd = steady.map((r, i) => (i === 10 ? { ...r, quantity: 4000 } : r));
    const [marked] = of(odd).items;
    expect(marked.outliers).toMatchObject([{ quantity: 4000 }]);
    expect(marked.quantity[10]).toBe(4000);
    expect(marked.unitChange).toBeNull();
    const packed = steady.map((r, i) => (i < 12 ? r : { ...r, quantity: r.quantity / 12 }));
    expect(of(packed).items[0].unitChange).toMatchObject({ factor: 1 / 12 });
    expect(of(steady).items[0]).toMatchObject({ outliers: [], unitChange: null });
  });

  test('a month without any demand is a gap in the records, not a fall of demand', () => {
    const demand = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z'].flatMap((item) =>
      ['2026-01', '2026-02', '2026-03', '2026-05', '2026-06'].map((m) => row(`${m}-01`, 10, { item })),
    );
    const { items, cleaning } = of(demand);
    expect(cleaning.gaps).toEqual(['2026-04-01']);
    expect(items[0].quantity).toEqual([10, 10, 10, 10, 10, 10]);
  });

  test.each(['day', 'week', 'month'] as const)(
    'records that end before today are not an end of demand: by %s',
    (kind) => {
      const today = '2026-07-15';
      const next = periodOf(kind, today);
      const usual = (period: number) => (kind === 'day' && period % 7 > 4 ? 0 : 10 + (period % 3));
      const demand = Array.from({ length: 30 }, (_, i) => i).flatMap((i) =>
        Array.from({ length: 12 }, (_, k) =>
          row(startOf(kind, next - 33 + i), usual(next - 33 + i), { item: `p${k}` }),
        ),
      );
      const supply = { ...noSupply(), demand: demand.filter((d) => d.quantity > 0) };
      const { items, cleaning } = demandHistories(supply, kind, today);
      expect(cleaning.notReached).toBe(3);
      expect(cleaningLines(cleaning, kind).join()).toContain(`3 ${kind}s at the end have no record yet`);
      const back = kind === 'day' ? 7 : 3;
      expect(items[0].quantity.slice(-3)).toEqual([3, 2, 1].map((n) => usual(next - n - back)));
    },
  );

  test('a small count within chance is not marked', () => {
    const random = randomOf(2);
    const days = Array.from({ length: 40 }, (_, i) => i);
    const one = days.map((i) =>
      row(
        `${2023 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-05`,
        1 + Math.floor(3.9 * random() ** 3),
      ),
    );
    expect(of(one).items[0].outliers).toEqual([]);
  });
});
