import type { SentencePatterns } from '../sentence.ts';

/** Reasons and remedies that an edge writes in English. Missing ones stay English. */
export const sentences: SentencePatterns = {
  for: 'dafür',
  against: 'dagegen',
  next: 'danach',
  parts: {
    'outer race (BPFO)': 'Außenring (BPFO)',
    'inner race (BPFI)': 'Innenring (BPFI)',
    'rolling element (2×BSF)': 'Wälzkörper (2×BSF)',
    'cage (FTF)': 'Käfig (FTF)',
    'outer-race line (BPFO)': 'Außenringlinie (BPFO)',
    'inner-race line (BPFI)': 'Innenringlinie (BPFI)',
    'rolling-element line (2×BSF)': 'Wälzkörperlinie (2×BSF)',
    'cage line (FTF)': 'Käfiglinie (FTF)',
  },
  patterns: {
    'stage # of #': 'Stufe # von #',
    'lines of the @ stand out and modulate the vibration to # %, and no other family does as much':
      'Linien von @ ragen heraus und modulieren die Schwingung zu # %, stärker als jede andere Familie',
    'lines of the @ stand out and modulate the vibration to # %: a rolling element or the cage':
      'Linien von @ ragen heraus und modulieren die Schwingung zu # %: ein Wälzkörper oder der Käfig',
    'early lines of the @: score #, but they modulate the vibration to # % only; a fault does from # % on':
      'frühe Linien von @: Wert #, sie modulieren die Schwingung aber nur zu # %; ein Schaden ab # %',
    'four harmonics of the @ stand out: score #, # is the limit':
      'vier Harmonische von @ ragen heraus: Wert #, Grenze #',
    'four harmonics of the @ may stand out: score #, # is the limit':
      'vier Harmonische von @ ragen vielleicht heraus: Wert #, Grenze #',
    'four harmonics of the @ do not stand out: score #, # is the limit':
      'vier Harmonische von @ ragen nicht heraus: Wert #, Grenze #',
    'depth of modulation at the @: # %, # % is the limit': 'Modulationstiefe bei @: # %, Grenze # %',
    'strongest other family at # orders: score #, depth # %':
      'stärkste andere Familie bei Ordnung #: Wert #, Tiefe # %',
    'shaft at # rpm as refined, # given': 'Welle mit # 1/min (verfeinert), angegeben # 1/min',
    'kurtosis # (# without impacts)': 'Kurtosis # (# ohne Stöße)',
    'no line of the bearing stands out': 'keine Linie des Lagers ragt heraus',
    'impacts, but not in the rhythm of a bearing defect': 'Stöße, aber nicht im Takt eines Lagerschadens',
    '@ # times its normal': '@ # × normal',
    'envelope # times its normal': 'Hüllkurve # × normal',
    '# mm/s at #×': '# mm/s bei #×',
    'axially # mm/s at #×': 'axial # mm/s bei #×',
    'radially # mm/s at #×': 'radial # mm/s bei #×',
    '# % of the velocity lies at #×': '# % der Schwinggeschwindigkeit liegen bei #×',
    '#× is # % of #×': '#× beträgt # % von #×',
    'that is # % of #×': 'das sind # % von #×',
    'that is # % of the radial #×': 'das sind # % der radialen #×',
    '# mm/s between the harmonics': '# mm/s zwischen den Harmonischen',
    '# mm/s in the harmonics': '# mm/s in den Harmonischen',
    '# % of the harmonics lie above #×': '# % der Harmonischen liegen über #×',
    '# of the harmonics #× to #× are strong': '# der Harmonischen #× bis #× sind stark',
    'the largest is # % of them: no resonance picks it out':
      'die größte macht # % von ihnen aus: keine Resonanz hebt sie hervor',
    "lines at # fractions of the shaft's rate": 'Linien bei # Bruchteilen der Drehfrequenz',
    '# of # sidebands about the gear mesh': '# von # Seitenbändern um den Zahneingriff',
    'sidebands of # % of the mesh': 'Seitenbänder mit # % des Zahneingriffs',
    "lines at # multiples of the belt's rate": 'Linien bei # Vielfachen der Riemenfrequenz',
    '# g above # Hz': '# g über # Hz',
    'flatness # there: noise rather than lines': 'Flachheit # dort: Rauschen statt Linien',
    'kurtosis #: random rather than in a rhythm': 'Kurtosis #: zufällig statt im Takt',
    "# mm/s at twice the line's frequency": '# mm/s bei doppelter Netzfrequenz',
    'it left the range of its baseline': 'er hat den Bereich seines Normalzustands verlassen',
    // Why something is not assessed, and what helps.
    'a process value has no end of life': 'ein Prozesswert hat kein Lebensende',
    'see its limit': 'siehe seine Grenze',
    'a trend predicts when a limit is reached, not when life ends':
      'ein Trend sagt voraus, wann eine Grenze erreicht wird, nicht das Lebensende',
    'a rise predicts when the alert limit is reached, not when life ends':
      'ein Anstieg sagt voraus, wann die Alarmgrenze erreicht wird, nicht das Lebensende',
    'see the days left': 'siehe die verbleibenden Tage',
    'no sign of degradation': 'kein Anzeichen einer Verschlechterung',
    'nothing: it is assessed when the index rises': 'nichts: wird bewertet, sobald der Index steigt',
    'no significant trend': 'kein signifikanter Trend',
    'wait: it is assessed again at each update': 'warten: wird bei jeder Meldung neu bewertet',
    'no point is assessed yet': 'noch keine Messstelle bewertet',
    'see what the points say': 'siehe die Messstellen',
    'learning what is normal for this machine': 'lernt den Normalzustand dieser Maschine',
    'learning what is normal for this value': 'lernt den Normalzustand dieses Werts',
    'learning what rows are normal': 'lernt, welche Zeilen normal sind',
    '# more windows': 'noch # Fenster',
    '# more intervals': 'noch # Intervalle',
    '# more rows': 'noch # Zeilen',
    'too short a history': 'zu kurze Vergangenheit',
    'the machine stands still': 'die Maschine steht',
    'the machine seems to stand still': 'die Maschine steht anscheinend',
    'nothing: assessed when it runs': 'nichts: wird bewertet, wenn sie läuft',
    'assessed when it runs': 'wird bewertet, wenn sie läuft',
    'the machine is at standstill, or started within the last half hour':
      'die Maschine steht oder ist in der letzten halben Stunde angelaufen',
    'assessed when it has run for half an hour': 'wird nach einer halben Stunde Lauf bewertet',
    'the machine is between its operating states, or in a new one':
      'die Maschine ist zwischen ihren Betriebszuständen oder in einem neuen',
    'assessed in a known state; a new one is learned if it lasts':
      'wird in einem bekannten Zustand bewertet; ein neuer wird gelernt, wenn er anhält',
    'bearing geometry unknown': 'Lagergeometrie unbekannt',
    'its scale is wrong, or no sensor is connected': 'die Skalierung ist falsch, oder kein Sensor ist angeschlossen',
    'see the alert to the integrator': 'siehe den Alarm an die Inbetriebnahme',
    'the signal is cut off at the end of its range': 'das Signal ist am Ende des Messbereichs abgeschnitten',
    'use a wider range': 'größeren Messbereich verwenden',
    'the sensor has repeated one value for far longer than ever before':
      'der Sensor wiederholt einen Wert weit länger als je zuvor',
    'check the sensor, its cable and the device that reads it': 'Sensor, Kabel und das lesende Gerät prüfen',
    'this is about the wiring, not the machine': 'es geht um die Verdrahtung, nicht um die Maschine',
    'see its text': 'siehe den Text',
  },
};
