import { strToU8, zipSync } from 'fflate';
import { escaped } from './sheetXml.ts';

export type SheetCell = string | number | boolean | null;

export interface SheetOut {
  /** At most 31 characters, without `[]:*?/\`. */
  name: string;
  header: readonly string[];
  rows: readonly (readonly SheetCell[])[];
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const xml = (body: string) => strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`);
/** Styles of the workbook: 0 plain, 1 a header. */
const STYLES = `<styleSheet ${MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/**
 * An Office Open XML workbook (.xlsx), each sheet with a frozen header and filters. Texts are texts, whatever they look
 * like: none becomes a formula. Source: ECMA-376, Part 1, section 18 (SpreadsheetML).
 */
export function writeWorkbook(sheets: readonly SheetOut[]): Uint8Array {
  const numbered = sheets.map((sheet, i) => ({ sheet, n: i + 1 }));
  const each = (write: (n: number, sheet: SheetOut) => string) =>
    numbered.map(({ sheet, n }) => write(n, sheet)).join('');
  const override = (part: string, kind: string) =>
    `<Override PartName="/xl/${part}" ContentType="${SHEET_TYPE}.${kind}+xml"/>`;
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`;
  const relations = (body: string) => xml(`<Relationships xmlns="${PACKAGE}/relationships">${body}</Relationships>`);
  const files: Record<string, Uint8Array> = {
    '[Content_Types].xml': xml(
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('workbook.xml', 'sheet.main')}${override('styles.xml', 'styles')}${each((n) => override(`worksheets/sheet${n}.xml`, 'worksheet'))}</Types>`,
    ),
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': xml(
      `<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets>${each((n, { name }) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': relations(
      each((n) => relation(`rId${n}`, 'worksheet', `worksheets/sheet${n}.xml`)) +
        relation(`rId${sheets.length + 1}`, 'styles', 'styles.xml'),
    ),
    'xl/styles.xml': xml(STYLES),
  };
  for (const { sheet, n } of numbered) files[`xl/worksheets/sheet${n}.xml`] = sheetXml(sheet);
  return zipSync(files);
}

function sheetXml({ header, rows }: SheetOut): Uint8Array {
  const lines = [header, ...rows].map(
    (cells, r) => `<row r="${r + 1}">${cells.map((c, i) => cellXml(c, i, r)).join('')}</row>`,
  );
  const last = `${columnName(Math.max(0, header.length - 1))}${rows.length + 1}`;
  const view =
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  return xml(
    `<worksheet ${MAIN}>${view}<sheetData>${lines.join('')}</sheetData><autoFilter ref="A1:${last}"/></worksheet>`,
  );
}

function cellXml(cell: SheetCell, column: number, row: number): string {
  if (cell === null || cell === '') return '';
  const at = `r="${columnName(column)}${row + 1}"${row === 0 ? ' s="1"' : ''}`;
  if (typeof cell === 'boolean') return `<c ${at} t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === 'number' && Number.isFinite(cell)) return `<c ${at}><v>${cell}</v></c>`;
  return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escaped(String(cell))}</t></is></c>`;
}

/** 0 is `A`, 26 is `AA`. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}
