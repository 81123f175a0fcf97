const exactly = (words: string) => words.split(' ').map((word) => new RegExp(`^${word}$`));

/** Texts of the sources that are the same in every language, or never shown. */
export const NOT_TRANSLATED: readonly RegExp[] = [
  // Addresses, colours of the style sheet, and keys of local storage.
  /^(\/|#\/|--|millwright|\.\/|&|12px|px |color-mix|22%)/,
  // The product's name, and the name under which actions without a sign-in are recorded.
  /^(Millwright|the page)$/,
  // Units and symbols.
  ...exactly('s min h ms g Hz cpm dB x y m/s2 m/s² mm/s in/s µm degC degF °C °F m3/h m³/h UTC T00:00:00Z'),
  // Other products.
  ...exactly('SAP Odoo ERPNext Dynamics'),
  // Requests.
  ...exactly('Bearer content-type application/json POST PUT DELETE last-event-id risk evidence'),
  // Roles of elements, classes of the style sheet, and settings of the canvas.
  ...exactly('alert status page connection machine spot unwatched bad warn quiet line cursor right left alphabetic'),
  // Codes of the interface.
  ...exactly('FAILURE MAINTENANCE_REQUIRED OFF_SPEC CHECK_FUNCTION NORMAL site area watched viewer service personal'),
  ...exactly('connecting lost live value work alerts accounts planning models machines active confirmed false_alarm'),
  ...exactly('nothing_found reopen comment assign shelve unshelve return_to_service remove_from_service close'),
  ...exactly('unacknowledge shelved suppressed out_of_service waiting delivered dead abandoned approve reject'),
  ...exactly(
    'accept freeze delay accept_transfer freeze_transfer order hierarchy number belt from to day week month period index mean max',
  ),
  ...exactly('audit loading loaded who what subject'),
  ...exactly('accept freeze delay order hierarchy number belt from to day week month period index mean max'),
  ...exactly('audit setup loading loaded who what subject'),
  ...exactly(
    'medium short highlight finding repair accent good printed printing approved sent done html charset utf-8',
  ),
  /^(button, form|Content-Security|default-src|\[role=img\]$|aria-label$|details\.evidence|(tour|explain|main section|\.machines$|\[aria-labelledby))/,
  // Names of parts and of colours of the style sheet, shown as they are.
  ...exactly('0H evidence runOut expectedDemand orderNow costOfWaiting'),
  /^var\(--/,
  ...exactly('ground card text quiet line unknown screen open'),
  /^(m-|#\/(wall|tour|parts)|2×BSF|BSF|recordings-title|start)$/,
  ...exactly('next previous select selectAll clear acknowledge all state'),
  // Formats of files.
  /^(CSV|PNG|csv|png|wav|canvas|chart|2d|\.chart|text\/csv|audio\/wav|RIFF|WAVEfmt|data|NFC|svg|SVG|image\/svg\+xml|text\/html|operatingState)$/,
  // Markup of drawings and reports.
  /[<>]|="|^[MLHV#]/,
  /^(input|\.alert)/,
  /^audit verify --head$/,
  /^not allowed$|^choose a password first$/,
  // Features and options of spectra, which have labels of their own.
  ...exactly('velocityRmsMmPerS rms peak crestFactor kurtosis envelopeRms envelopeBpfo envelopeBpfi envelopeBsf2'),
  ...exactly('envelopeFtf order1 order2 order3 orderHalf gearMesh gearSidebands bladePass line2 spectralCentroidHz'),
  ...exactly('noiseFloor peakToPeak skewness spectralSpreadHz spectralEntropy spectralFlatness orders measured'),
  ...exactly('acceleration velocity temperature displacement numeric short 2-digit longOffset timeZoneName GMT'),
];
