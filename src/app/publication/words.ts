import type { Language } from '#description/closed-lists.ts'

/** What stands around the description: the page's own words. */
export interface Words {
  language: string
  skip: string
  languages: string
  breadcrumbs: string
  home: string
  signIn: string
  toService: string
  foot: string
  description: string
  notice: string
  versions: string
  version: string
  inForce: string
  inForceFrom: (date: string) => string
  inForceUntil: (from: string, to: string) => string
  wasInForce: (from: string, to: string) => string
  willBeInForce: (from: string) => string
  coming: string
  past: string
  pastNote: string
  comingNote: string
  toCurrent: string
  approved: string
  hash: string
  hashNote: string
  contents: string
  thisVersion: string
  allVersions: string
  asPdf: string
  asJson: string
  inOtherForms: string
  pageOf: (page: number, pages: number) => string
  changes: string
  firstVersion: string
  noChanges: string
  versionsTitle: string
  versionsLead: string
  statement: string
  notFoundTitle: string
  notFoundText: string
  noSuchVersion: (version: string) => string
  tooManyTitle: string
  tooManyText: string
  tooOftenTitle: string
  tooOftenText: string
  notUnderstoodTitle: string
  notUnderstoodText: string
  unavailableTitle: string
  unavailableText: string
}

const fi: Words = {
  language: 'Suomi',
  skip: 'Siirry sisältöön',
  languages: 'Kieli',
  breadcrumbs: 'Olet tässä',
  home: 'Etusivu',
  signIn: 'Kirjaudu sisään',
  toService: 'Palveluun',
  foot: 'Tietoa palvelusta',
  description: 'Rekisteriseloste',
  notice: 'Tietosuojaseloste',
  versions: 'Versiot',
  version: 'Versio',
  inForce: 'Voimassa',
  inForceFrom: (date) => `Voimassa ${date} alkaen`,
  inForceUntil: (from, to) => `Voimassa ${from}–${to}`,
  wasInForce: (from, to) => `Oli voimassa ${from}–${to}`,
  willBeInForce: (from) => `Tulee voimaan ${from}`,
  coming: 'Tuleva',
  past: 'Päättynyt',
  pastNote: 'Tämä versio ei ole enää voimassa.',
  comingNote: 'Tämä versio ei ole vielä voimassa.',
  toCurrent: 'Voimassa oleva versio',
  approved: 'Hyväksytty',
  hash: 'Tiiviste (SHA-256)',
  hashNote: 'Version tekstistä laskettu tiiviste. Jos tekstistä muuttuisi yksikin merkki, tiiviste olisi toinen.',
  contents: 'Sisällys',
  thisVersion: 'Tämä versio',
  allVersions: 'Kaikki versiot',
  asPdf: 'PDF',
  asJson: 'JSON (seloste käsittelytoimista, tietosuoja-asetuksen 30 artikla)',
  inOtherForms: 'Muut muodot',
  pageOf: (page, pages) => `Sivu ${page}/${pages}`,
  changes: 'Mikä muuttui',
  firstVersion: 'Ensimmäinen versio.',
  noChanges: 'Muutoksia ei ole kuvattu.',
  versionsTitle: 'Rekisteriselosteen versiot',
  versionsLead:
    'Rekisteriseloste on tallennusjärjestelmän asetukset: järjestelmä toimii sen version mukaan, joka on voimassa. Julkaistua versiota ei muuteta, vaan siitä tehdään uusi versio.',
  statement: 'Saavutettavuusseloste',
  notFoundTitle: 'Sivua ei löydy',
  notFoundText: 'Osoitteessa ei ole sivua. Tarkista osoite tai aloita rekisteriselosteesta.',
  noSuchVersion: (version) => `Rekisteriselosteesta ei ole versiota ${version}.`,
  tooManyTitle: 'Liian monta lähetystä',
  tooManyText:
    'Tästä verkko-osoitteesta on lähetetty monta viestiä lyhyessä ajassa. Odota kymmenen minuuttia ja lähetä viesti uudelleen.',
  tooOftenTitle: 'Liian monta sivunlatausta',
  tooOftenText:
    'Tästä verkko-osoitteesta on avattu hyvin monta sivua lyhyessä ajassa. Odota minuutti ja avaa sivu uudelleen.',
  notUnderstoodTitle: 'Pyyntöä ei voitu käsitellä',
  notUnderstoodText:
    'Lähetetyt tiedot eivät olleet sellaisia kuin sivu odottaa. Palaa edelliselle sivulle ja yritä uudelleen.',
  unavailableTitle: 'Palvelu ei vastaa',
  unavailableText: 'Palvelun osa ei vastaa. Yritä hetken päästä uudelleen.',
}

const sv: Words = {
  language: 'Svenska',
  skip: 'Gå till innehållet',
  languages: 'Språk',
  breadcrumbs: 'Du är här',
  home: 'Startsida',
  signIn: 'Logga in',
  toService: 'Till tjänsten',
  foot: 'Om tjänsten',
  description: 'Registerbeskrivning',
  notice: 'Dataskyddsbeskrivning',
  versions: 'Versioner',
  version: 'Version',
  inForce: 'I kraft',
  inForceFrom: (date) => `I kraft från och med ${date}`,
  inForceUntil: (from, to) => `I kraft ${from}–${to}`,
  wasInForce: (from, to) => `Var i kraft ${from}–${to}`,
  willBeInForce: (from) => `Träder i kraft ${from}`,
  coming: 'Kommande',
  past: 'Upphörd',
  pastNote: 'Den här versionen är inte längre i kraft.',
  comingNote: 'Den här versionen är ännu inte i kraft.',
  toCurrent: 'Versionen som är i kraft',
  approved: 'Godkänd',
  hash: 'Kontrollsumma (SHA-256)',
  hashNote: 'Summan är räknad på versionens text. Om ett enda tecken ändrades skulle summan bli en annan.',
  contents: 'Innehåll',
  thisVersion: 'Den här versionen',
  allVersions: 'Alla versioner',
  asPdf: 'PDF',
  asJson: 'JSON (register över behandling, artikel 30 i dataskyddsförordningen)',
  inOtherForms: 'I andra format',
  pageOf: (page, pages) => `Sida ${page}/${pages}`,
  changes: 'Vad som ändrades',
  firstVersion: 'Den första versionen.',
  noChanges: 'Ändringarna har inte beskrivits.',
  versionsTitle: 'Registerbeskrivningens versioner',
  versionsLead:
    'Registerbeskrivningen är inspelningssystemets inställningar: systemet fungerar enligt den version som är i kraft. En publicerad version ändras inte, utan ersätts av en ny version.',
  statement: 'Tillgänglighetsutlåtande',
  notFoundTitle: 'Sidan hittas inte',
  notFoundText: 'Det finns ingen sida på adressen. Kontrollera adressen eller börja från registerbeskrivningen.',
  noSuchVersion: (version) => `Det finns ingen version ${version} av registerbeskrivningen.`,
  tooManyTitle: 'För många meddelanden',
  tooManyText:
    'Från den här nätadressen har många meddelanden skickats på kort tid. Vänta tio minuter och skicka meddelandet på nytt.',
  tooOftenTitle: 'För många sidvisningar',
  tooOftenText:
    'Från den här nätadressen har väldigt många sidor öppnats på kort tid. Vänta en minut och öppna sidan på nytt.',
  notUnderstoodTitle: 'Begäran kunde inte behandlas',
  notUnderstoodText:
    'Det som skickades var inte sådant som sidan väntar sig. Gå tillbaka till föregående sida och försök på nytt.',
  unavailableTitle: 'Tjänsten svarar inte',
  unavailableText: 'En del av tjänsten svarar inte. Försök igen om en stund.',
}

const en: Words = {
  language: 'English',
  skip: 'Skip to content',
  languages: 'Language',
  breadcrumbs: 'You are here',
  home: 'Home',
  signIn: 'Sign in',
  toService: 'To the service',
  foot: 'About the service',
  description: 'Register description',
  notice: 'Privacy notice',
  versions: 'Versions',
  version: 'Version',
  inForce: 'In force',
  inForceFrom: (date) => `In force from ${date}`,
  inForceUntil: (from, to) => `In force ${from}–${to}`,
  wasInForce: (from, to) => `Was in force ${from}–${to}`,
  willBeInForce: (from) => `Comes into force ${from}`,
  coming: 'Coming',
  past: 'Past',
  pastNote: 'This version is no longer in force.',
  comingNote: 'This version is not in force yet.',
  toCurrent: 'The version in force',
  approved: 'Approved',
  hash: 'Hash (SHA-256)',
  hashNote: 'Computed from the text of the version. If a single character changed, the hash would be another one.',
  contents: 'Contents',
  thisVersion: 'This version',
  allVersions: 'All versions',
  asPdf: 'PDF',
  asJson: 'JSON (record of processing activities, GDPR Article 30)',
  inOtherForms: 'In other forms',
  pageOf: (page, pages) => `Page ${page} of ${pages}`,
  changes: 'What changed',
  firstVersion: 'The first version.',
  noChanges: 'The changes have not been described.',
  versionsTitle: 'Versions of the register description',
  versionsLead:
    'The register description is the recording system’s configuration: the system obeys the version that is in force. A published version is never changed; a new version takes its place.',
  statement: 'Accessibility statement',
  notFoundTitle: 'Page not found',
  notFoundText: 'There is no page at this address. Check the address, or begin at the register description.',
  noSuchVersion: (version) => `The register description has no version ${version}.`,
  tooManyTitle: 'Too many messages',
  tooManyText:
    'Many messages have been sent from this network address in a short time. Wait ten minutes and send the message again.',
  tooOftenTitle: 'Too many page views',
  tooOftenText:
    'Very many pages have been opened from this network address in a short time. Wait a minute and open the page again.',
  notUnderstoodTitle: 'The request could not be handled',
  notUnderstoodText: 'What was sent was not what the page expects. Go back to the previous page and try again.',
  unavailableTitle: 'The service does not answer',
  unavailableText: 'A part of the service does not answer. Try again in a moment.',
}

export const words: Record<Language, Words> = { fi, sv, en }
