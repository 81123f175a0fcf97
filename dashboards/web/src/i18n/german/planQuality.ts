/** Accuracy of forecasts, suppliers, families and sites. */
export const planQuality = {
  'Forecast accuracy': 'Prognosegüte',
  'The latest periods were held back and forecast from the earlier ones. 95 % of the actual demands should lie below the 95 % quantile. Value added is the share of the error of “as last season” that the forecast avoids.':
    'Die letzten Perioden wurden zurückgehalten und aus den früheren prognostiziert. 95 % der tatsächlichen Bedarfe sollten unter dem 95-%-Quantil liegen. Der Mehrwert ist der Anteil des Fehlers von „wie in der letzten Saison“, den die Prognose vermeidet.',
  Items: 'Artikel',
  Over: 'Über',
  Bias: 'Verzerrung (Bias)',
  WAPE: 'WAPE',
  'Below 5 %': 'Unter 5 %',
  'Below 95 %': 'Unter 95 %',
  'Value added': 'Mehrwert',
  'a period': 'eine Periode',
  'the lead time': 'die Wiederbeschaffungszeit',
  '{{item}} {{site}}: method {{method}} since {{since}}, because {{why}}.':
    '{{item}} {{site}}: Verfahren {{method}} seit {{since}}, Grund: {{why}}.',
  'Cleaning of the records': 'Bereinigung der Daten',
  'Suppliers ({{count}})': 'Lieferanten ({{count}})',
  Suppliers: 'Lieferanten',
  Supplier: 'Lieferant',
  Orders: 'Bestellungen',
  'On time': 'Termintreue',
  'Days, median': 'Tage, Median',
  'Days, 90 %': 'Tage, 90 %',
  Overdue: 'Überfällig',
  Trend: 'Trend',
  Risk: 'Risiko',
  steady: 'gleichbleibend',
  '{{days}} days a year': '{{days}} Tage je Jahr',
  'Families and sites': 'Artikelgruppen und Standorte',
  'Forecasts from history, without the demand of machines. Totals are reconciled with their items, {{how}}.':
    'Prognosen aus der Vergangenheit, ohne den Bedarf der Maschinen. Summen sind mit ihren Artikeln abgestimmt, {{how}}.',
  'by MinT, which had the smaller error on the latest periods':
    'mit MinT, das in den letzten Perioden den kleineren Fehler hatte',
  'bottom up': 'von unten nach oben',
  Level_hierarchy: 'Ebene',
  'No period has ended since planning began: nothing is tracked yet.':
    'Seit Beginn der Planung ist keine Periode abgelaufen: Noch gibt es keinen Vergleich.',
  'Accuracy of forecasts issued before their periods': 'Güte der Prognosen, die vor ihrer Periode ausgegeben wurden',
  Period: 'Periode',
};
