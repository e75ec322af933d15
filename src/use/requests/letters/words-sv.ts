import type { LetterWords } from './words.ts'

export const swedishWords: LetterWords = {
  date: 'Datum',
  number: 'Begärans nummer',
  asked: {
    KNOW: 'uppgift om huruvida samtalet har spelats in',
    LISTEN: 'att få lyssna på det inspelade samtalet',
    HISTORY: 'samtalets kontakthistoria',
    PROHIBIT: 'att användningen av inspelningen förbjuds',
    ERASURE: 'radering av uppgifter',
    OBJECTION: 'invändning mot behandlingen',
    RESTRICTION: 'begränsning av behandlingen',
    COPY: 'en kopia av inspelningen',
    RECTIFY: 'rättelse av uppgifter',
    LOG_EXTRACT: 'uppgift om när och för vilket ändamål uppgifterna om samtalet har använts',
    MENTIONED: 'uppgifter som i ett samtal har lämnats om den som framställt begäran',
    OPENNESS: 'en myndighetshandling',
  },
  handling: (due) => [
    `Begäran besvaras senast ${due}. Om mer tid behövs meddelas detta och orsaken till det före den dagen (artikel 12.3 i den allmänna dataskyddsförordningen). Svaret är avgiftsfritt.`,
    'Innan begäran kan besvaras måste det säkerställas vem som har framställt den. Uppgifter om ett samtal lämnas bara till den som är part i samtalet. Personbeteckningen behövs inte och sparas inte.',
  ],
  handlingDocument: (due) => [
    `En begäran om en handling avgörs senast ${due} (14 § i lagen om offentlighet i myndigheternas verksamhet, 621/1999).`,
  ],
  extension: {
    COMPLEX: 'Utredningen av begäran är så omfattande att den inte kan besvaras inom en månad.',
    MANY: 'Antalet begäranden är så stort att alla inte kan besvaras inom en månad.',
  },
  extensionLaw:
    'Den personuppgiftsansvarige får då förlänga tiden med högst två månader (artikel 12.3 i den allmänna dataskyddsförordningen).',
  extensionDocument:
    'Avgörandet av ärendet kräver specialåtgärder eller en större arbetsmängd än vanligt. Ärendet avgörs då senast inom en månad (14 § i lagen om offentlighet i myndigheternas verksamhet, 621/1999).',
  grounds: {
    IDENTITY: [
      'Identiteten hos den som framställt begäran har inte kunnat säkerställas. Uppgifter om ett samtal kan lämnas bara till den vars identitet har säkerställts (artikel 12.6 i den allmänna dataskyddsförordningen).',
      'Begäran kan framställas på nytt när identiteten kan styrkas till exempel med pass, identitetskort, körkort eller stark elektronisk autentisering.',
    ],
    NO_CALL: [
      'Utifrån de uppgifter som lämnats har det inte kunnat visas vilket samtal den som framställt begäran är part i. Om andras samtal berättas ingenting, inte heller om det finns sådana eller om de har spelats in (artiklarna 11 och 12.6 i den allmänna dataskyddsförordningen).',
      'Begäran kan framställas på nytt om det går att uppge en noggrannare tid för samtalet, uppringarens nummer, servicenumret, samtalets längd eller tjänstemannens namn.',
    ],
    EXCESSIVE: [
      'Begäran är uppenbart ogrundad eller orimlig, särskilt därför att samma begäran har framställts upprepade gånger (artikel 12.5 i den allmänna dataskyddsförordningen).',
    ],
    NEEDED: [
      'Uppgifterna om samtalet i kontakthistorian behövs för en lagstadgad uppgift hos den personuppgiftsansvarige. Därför raderas de inte förrän lagringstiden går ut (artiklarna 17.3 b och 21.1 i den allmänna dataskyddsförordningen).',
      'Användningen av inspelningen kan ändå förbjudas. Skäl behöver inte uppges. Då förstörs inspelningen.',
    ],
    NO_REASON: [
      'Behandlingen begränsas om uppgifternas korrekthet bestrids, om behandlingen är olaglig, om uppgifterna behövs för ett rättsligt anspråk eller om någon har invänt mot behandlingen (artikel 18.1 i den allmänna dataskyddsförordningen). Av begäran framgår inget sådant skäl.',
      'Begäran kan framställas på nytt när skälet kan uppges. Användningen av inspelningen kan förbjudas utan skäl.',
    ],
    RESTRICTED: [
      'Uppgifterna kan inte lämnas, eftersom rätten att få dem är begränsad i lag (34 § i dataskyddslagen, 1050/2018).',
      'På den registrerades begäran lämnas uppgifterna till dataombudsmannen (34 § i dataskyddslagen).',
    ],
  },
  toldCall: (day, time) => `Samtal som uppges ha ägt rum ${day}${time === undefined ? '' : ` omkring kl. ${time}`}`,
  untoldCall: 'Samtal som nämns i begäran',
  notShown:
    'Utifrån de uppgifter som lämnats har det inte kunnat visas vilket samtal den som framställt begäran är part i. Därför kan ingenting berättas om samtalet, inte heller om det finns eller om det har spelats in.',
  call: (at) => `Samtalet ${at}`,
  historyOver: 'Uppgifterna om samtalet har raderats ur kontakthistorian, eftersom lagringstiden har gått ut.',
  historyEnds: (day) => `Dessa uppgifter raderas ur kontakthistorian ${day}.`,
  part: (number) => `Samtalsdel ${number}`,
  unanswered: 'Samtalet besvarades inte och har därför inte spelats in.',
  recorded: (latest) =>
    `Samtalet har spelats in.${latest === undefined ? '' : ` Inspelningen förstörs senast ${latest}.`}`,
  notRecorded: 'Samtalet har inte spelats in.',
  destroyed: (day) => `Samtalet spelades in men inspelningen förstördes ${day}.`,
  destroying:
    'Samtalet spelades in, men användningen av inspelningen har förbjudits. Det går inte längre att lyssna på inspelningen, och den förstörs.',
  causes: {
    retention: 'Orsak: lagringstiden gick ut.',
    caller: 'Orsak: uppringaren förbjöd användningen av inspelningen.',
    official: 'Orsak: tjänstemannen som besvarade samtalet förbjöd användningen av inspelningen.',
    trimming: 'Orsak: inspelningen sträckte sig utanför samtalet och togs därför bort.',
  },
  labels: {
    start: 'Samtalets starttid',
    end: 'Samtalets sluttid',
    caller: 'Uppringarens nummer',
    service: 'Servicenummer',
    official: 'Tjänstemannens namn',
    officialPhone: 'Tjänstemannens telefonnummer',
    answered: 'Tjänstemannen svarade',
    partEnd: 'Samtalsdelen slutade',
    recording: 'Inspelning',
  },
  withheld: 'dolt nummer',
  numberUnknown: 'numret är inte känt',
  listenTitle: 'Lyssning',
  nextTitle: 'Att lyssna på inspelningen och att förbjuda användningen',
  listen:
    'Det går att lyssna på inspelningen på ett verksamhetsställe som avtalas särskilt. Tiden ska avtalas innan inspelningen förstörs, och flera alternativ erbjuds.',
  booked: 'En tid har bokats för att lyssna på inspelningen:',
  nothingToHear: 'Det finns ingen inspelning att lyssna på, och därför kan ingen tid för lyssning avtalas.',
  mayForbid:
    'Det går att förbjuda att inspelningen används för att utveckla kundservicen. Ingen orsak behöver anges. Inspelningen förstörs då genast.',
  mayCopy: 'Det går också att begära en kopia av inspelningen.',
  executed: (day) => `Inspelningen förstördes ${day}. Den kan inte återställas.`,
  blocked:
    'Inspelningen får inte längre användas för att utveckla kundservicen. Den förstörs så snart det är möjligt, och om förstöringen skickas ett brev.',
  restricted: (latest) =>
    `Behandlingen av inspelningen har begränsats.${latest === undefined ? '' : ` Inspelningen förstörs senast ${latest}, när lagringstiden går ut.`}`,
  restrictionEnds: (latest) =>
    `Begränsningen av behandlingen av inspelningen upphör.${latest === undefined ? '' : ` Inspelningen förstörs senast ${latest}.`}`,
  looks: {
    shown: 'uppgifterna visades i ett sökresultat',
    watched: 'uppgifterna visades under samtalet',
    read: 'uppgifterna öppnades',
    revealed: 'uppringarens nummer visades',
    listened: 'någon lyssnade på inspelningen',
  },
  look: (at, what, role, purpose) => `${at}: ${what}. Roll: ${role}. Ändamål: ${purpose}.`,
  noLooks: 'Uppgifterna om samtalet har inte använts.',
  appointment: { when: 'Tid', office: 'Verksamhetsställe', address: 'Adress', needs: 'Reserverat' },
  appointmentTime: (day, from, until) => `${day} kl. ${from}–${until}`,
  needs: {
    INTERPRETER: 'tolk',
    TRANSCRIPT: 'samtalet i skriftlig form',
    STEP_FREE: 'tillgänglig entré',
    HEARING_LOOP: 'hörslinga',
  },
  interpreter: (language) => `tolk, språk: ${language}`,
  copy: (at) => `Kopia av samtalet ${at}`,
  copyMethods: {
    PASSPHRASE: 'Filen är krypterad med en lösenfras som meddelas separat.',
    KEY: 'Filen är krypterad med en egen nyckel som den som framställt begäran har uppgett.',
  },
  copyUntil: (at) => `Den kan hämtas en gång, senast ${at}.`,
  corrected: (was, becomes) =>
    was === null
      ? `Uppgiften om vem som besvarade samtalet har rättats till ${becomes}.`
      : `Enligt uppgifterna hade samtalet besvarats av ${was}. Uppgiften har rättats: samtalet besvarades av ${becomes}.`,
  notCorrected: (becomes) =>
    `Uppgiften har inte rättats. Enligt utredningen besvarades samtalet inte av ${becomes}, och uppgiften är alltså riktig som den är.`,
  decision: {
    SECRET: ['Den begärda handlingen lämnas inte ut, eftersom den är sekretessbelagd.'],
    REFERRED: ['Den begärda handlingen kan lämnas ut. Om hur det sker avtalas särskilt.'],
  },
  decidedBy: (day, name) => `Beslutet har fattats av ${name} ${day}.`,
  appealTitle: 'Besvärsanvisning',
  appeal: [
    'Beslutet får överklagas genom besvär hos den förvaltningsdomstol inom vars domkrets ändringssökanden har sin hemkommun. Den som inte har någon hemkommun i Finland anför besvär hos Helsingfors förvaltningsdomstol (33 § i lagen om offentlighet i myndigheternas verksamhet, 621/1999; lagen om rättegång i förvaltningsärenden, 808/2019).',
    'Besvären ska anföras inom 30 dagar från delfåendet av beslutet. Dagen för delfåendet räknas inte med. Ett beslut som har sänts som vanligt brev anses ha delgetts den sjunde dagen efter det att brevet avsändes, om inte något annat visas.',
  ],
  appealItems: {
    lead: 'I besvären ska följande anges:',
    items: [
      'ändringssökandens namn och kontaktuppgifter',
      'det beslut i vilket ändring söks',
      'vilka ändringar som yrkas i beslutet',
      'grunderna för yrkandena',
      'vad besvärsrätten grundar sig på, om beslutet inte avser ändringssökanden.',
    ],
  },
  appealEnd: [
    'Till besvären ska fogas detta beslut med besvärsanvisningen och en utredning om när beslutet delgavs. För rättegången kan det tas ut en avgift (lagen om domstolsavgifter, 1455/2015).',
  ],
  complaint: [
    'Om personuppgifter har behandlats i strid med lag kan ärendet föras till dataombudsmannen (21 § i dataskyddslagen, 1050/2018; artikel 77 i den allmänna dataskyddsförordningen). Det begränsar inte rätten att söka rättsskydd i domstol (artikel 79).',
  ],
  ombudsman:
    'Dataombudsmannens byrå, PB 800, 00531 Helsingfors, tietosuoja@om.fi, telefonväxel 029\u00a0566\u00a06700, tietosuoja.fi/sv',
  handler: (name) => `Ärendet handläggs av ${name}.`,
  switchboard: (number) => `telefonväxel ${number}`,
}
