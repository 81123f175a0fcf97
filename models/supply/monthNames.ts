/** In English, German, French, Spanish, Italian, Dutch, Portuguese, Polish and the Nordic languages, without accents. */
const MONTHS: readonly string[][] = [
  'january januar janvier enero gennaio januari janeiro styczen',
  'february februar fevrier febrero febbraio februari fevereiro luty',
  'march marz mars marzo maart marco marts marzec mrz mrt',
  'april avril abril aprile kwiecien',
  'may mai mayo maggio mei maio maj',
  'june juni juin junio giugno junho czerwiec',
  'july juli juillet julio luglio julho lipiec',
  'august aout agosto augustus augusti sierpien',
  'september septembre septiembre settembre setembro wrzesien',
  'october oktober octobre octubre ottobre outubro pazdziernik',
  'november novembre noviembre novembro listopad',
  'december dezember decembre diciembre dicembre dezembro desember grudzien',
].map((names) => names.split(' '));
/** Shortest abbreviation of a month. */
const SHORTEST = 3;

/** The month, from 1 on, of a name or its beginning; null if there is none, or if it is ambiguous. */
export function monthNamed(text: string): number | null {
  const name = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}|\.$/gu, '');
  if (name.length < SHORTEST) return null;
  const fitting = MONTHS.flatMap((names, i) => (names.some((full) => full.startsWith(name)) ? [i + 1] : []));
  return fitting.length === 1 ? fitting[0] : null;
}
