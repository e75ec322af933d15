/**
 * The words that tell what a version changes. In: nothing. Out: names of fields and values in Finnish, Swedish and English,
 * those of the glossary. Never here: a sentence, or an agency's name.
 */
import type { Language, Trilingual } from '../closed-lists.ts'

const word = (fi: string, sv: string, en: string): Trilingual => ({ fi, sv, en })

export const inLanguage: Record<Language, Trilingual> = {
  fi: word('suomeksi', 'på finska', 'in Finnish'),
  sv: word('ruotsiksi', 'på svenska', 'in Swedish'),
  en: word('englanniksi', 'på engelska', 'in English'),
}
export const languageNames: Record<Language, Trilingual> = {
  fi: word('suomi', 'finska', 'Finnish'),
  sv: word('ruotsi', 'svenska', 'Swedish'),
  en: word('englanti', 'engelska', 'English'),
}
export const yes = word('kyllä', 'ja', 'yes')
export const no = word('ei', 'nej', 'no')
export const noLimit = word('ei rajaa', 'ingen gräns', 'no limit')
export const name = word('nimi', 'namn', 'name')

/** Sections, for what is said of one as a whole. */
export const sections = {
  profile: word('Selosteen malli', 'Beskrivningens form', 'Form of the description'),
  name: word('Rekisterin nimi', 'Registrets namn', 'Name of the register'),
  title: word('Selosteen otsikko', 'Beskrivningens rubrik', 'Title of the description'),
  controller: word('Rekisterinpitäjä', 'Personuppgiftsansvarig', 'Controller'),
  dataSubjects: word('Rekisteröidyt', 'Registrerade', 'Data subjects'),
  identificationData: word('Tunnistetiedot', 'Identifieringsuppgifter', 'Identification data'),
  purposes: word('Käyttötarkoitukset', 'Ändamål', 'Purposes'),
  roles: word('Roolit', 'Roller', 'Roles'),
  numbering: word('Numeroiden kirjoitusasu', 'Hur nummer skrivs', 'How numbers are written'),
  numbers: word('Numerot', 'Nummer', 'Numbers'),
  recordingPlan: word('Tallennussuunnitelma', 'Inspelningsplan', 'Recording plan'),
  terms: word('Säilytysajat', 'Lagringstider', 'Retention periods'),
  storage: word('Säilytyspaikat', 'Förvaringsplatser', 'Storage sites'),
  disclosure: word('Luovutukset', 'Utlämnanden', 'Disclosures'),
  rights: word('Rekisteröidyn oikeudet', 'Den registrerades rättigheter', 'Rights of the data subject'),
  contacts: word('Yhteystiedot', 'Kontaktuppgifter', 'Contacts'),
  switches: word('Valinnat', 'Val', 'Choices'),
} as const

export const backupsKept = word(
  'Varmuuskopioita säilytetään enintään',
  'Säkerhetskopior förvaras högst',
  'Backups are kept at most',
)

export const profiles = {
  seed: word('rekisteriseloste', 'registerbeskrivning', 'register description'),
  gdpr: word('tietosuojaseloste', 'dataskyddsbeskrivning', 'privacy notice'),
}

export const controllerFields = {
  name: word('Rekisterinpitäjän nimi', 'Den personuppgiftsansvariges namn', 'Name of the controller'),
  unit: word('Rekisterinpitäjän yksikkö', 'Den personuppgiftsansvariges enhet', 'Unit of the controller'),
  postalAddress: word('Postiosoite', 'Postadress', 'Postal address'),
  visitingAddress: word('Käyntiosoite', 'Besöksadress', 'Visiting address'),
  switchboard: word('Puhelinvaihde', 'Telefonväxel', 'Switchboard'),
}
export const finnishForms = word(
  'taivutusmuoto suomenkielisessä selosteessa',
  'böjningsform i den finska beskrivningen',
  'inflected form in the Finnish description',
)

export const dataSubjectNames = {
  CALLERS: word('soittavat asiakkaat', 'kunder som ringer', 'customers who call'),
  ANSWERING_OFFICIALS: word('vastaavat virkailijat', 'tjänstemän som svarar', 'officials who answer'),
}
export const identificationDataNames = {
  CALL_START_AND_END: word(
    'puhelun aloitus- ja lopetusaika',
    'tiden för samtalets början och slut',
    'start and end time of the call',
  ),
  CALLER_NUMBER: word('soittajan numero', 'uppringarens nummer', 'the caller’s number'),
  SERVICE_NUMBER: word('palvelunumero', 'servicenumret', 'the service number'),
  OFFICIAL_NAME_AND_NUMBER: word(
    'virkailijan nimi ja puhelinnumero',
    'tjänstemannens namn och telefonnummer',
    'the official’s name and phone number',
  ),
}
export const dataSets = {
  history: word('kontaktihistoria', 'kontakthistoria', 'contact history'),
  recordings: word('puhelutallenteet', 'samtalsinspelningar', 'call recordings'),
}

export const purposeFields = {
  kind: word('Käyttötarkoitus', 'Ändamålet', 'Purpose'),
  dataSets: word('tietojoukot', 'datamängder', 'data sets'),
  legalBasis: word('oikeusperuste', 'rättslig grund', 'legal basis'),
}

export const roleFields = {
  kind: word('Rooli', 'Rollen', 'Role'),
  scope: word('käyttöoikeuden laajuus', 'åtkomstens omfattning', 'scope'),
  reference: word('viite tarkoituksessa', 'referens för ändamålet', 'reference for'),
}
export const scopeNames = {
  own: word('omat puhelut', 'egna samtal', 'own calls'),
  unit: word('oman yksikön puhelut', 'den egna enhetens samtal', 'calls of the own unit'),
  numbers: word('myönnettyjen numeroiden puhelut', 'samtal till beviljade nummer', 'calls to the numbers granted'),
  all: word('kaikki puhelut', 'alla samtal', 'all calls'),
  none: word('ei puheluita', 'inga samtal', 'no calls'),
}
export const referenceNames = {
  fault: word('vika', 'fel', 'a fault'),
  case: word('asia', 'ärende', 'a case'),
  inspection: word('tarkastuspyyntö', 'begäran om insyn', 'a request for inspection'),
}

export const numberFields = {
  kind: word('Numero', 'Numret', 'Number'),
  number: word('numero', 'nummer', 'number'),
  ofKind: word('laji', 'slag', 'kind'),
  language: word('palvelukieli', 'servicespråk', 'language of service'),
  region: word('alue', 'region', 'region'),
  pbx: word('Vaihteen tunnus', 'Växelns beteckning', 'Id of the exchange'),
  exchanges: word('Vaihteiden numeroiden alkuosat', 'Begynnelsesiffror för växlarnas nummer', 'Prefixes of exchanges'),
}
export const kindNames = {
  NATIONAL_SERVICE: word('valtakunnallinen palvelunumero', 'riksomfattande servicenummer', 'national service number'),
  REGIONAL_SERVICE: word('alueellinen palvelunumero', 'regionalt servicenummer', 'regional service number'),
  SWITCHBOARD: word('puhelinvaihteen numero', 'växelnummer', 'switchboard number'),
}
export const firstDay = word('ensimmäinen päivä', 'första dag', 'first day')
export const lastDay = word('viimeinen päivä', 'sista dag', 'last day')

export const planFields = {
  recordForwarded: word(
    'Vaihteen välittämän puhelun tallentaminen',
    'Inspelning av samtal som växeln kopplat vidare',
    'Recording of calls passed on by the switchboard',
  ),
  cooperation: word('Yhteistoimintamenettelyn päätös', 'Samarbetsförfarandets beslut', 'Cooperation decision'),
  document: word('asiakirja', 'handling', 'document'),
  day: word('päivä', 'dag', 'day'),
  announcement: word('Tallennusilmoitus', 'Inspelningsmeddelandet', 'Announcement'),
  text: word('teksti', 'text', 'text'),
  numbers: word('numerot', 'nummer', 'numbers'),
}
export const ruleFields = {
  kind: word('Sääntö', 'Regeln', 'Rule'),
  quota: word('kiintiö', 'kvot', 'quota'),
  hours: word('ajat', 'tider', 'hours'),
  justification: word('perustelu', 'motivering', 'justification'),
  necessity: word('otannan tarpeellisuus', 'urvalets nödvändighet', 'necessity of the share'),
}
export const noQuota = word('ei kiintiötä', 'ingen kvot', 'no quota')
export const aroundTheClock = word('ympäri vuorokauden', 'dygnet runt', 'around the clock')
export const dayNames = {
  MON: word('ma', 'må', 'Mon'),
  TUE: word('ti', 'ti', 'Tue'),
  WED: word('ke', 'on', 'Wed'),
  THU: word('to', 'to', 'Thu'),
  FRI: word('pe', 'fr', 'Fri'),
  SAT: word('la', 'lö', 'Sat'),
  SUN: word('su', 'sö', 'Sun'),
}

export const termNames = {
  historyMonths: word('Kontaktihistorian säilytysaika', 'Kontakthistorians lagringstid', 'Term of the contact history'),
  recordingFloorMonths: word(
    'Tallenteiden lyhin säilytysaika',
    'Inspelningarnas kortaste lagringstid',
    'Shortest term of recordings',
  ),
  recordingCeilingMonths: word(
    'Tallenteiden pisin säilytysaika',
    'Inspelningarnas längsta lagringstid',
    'Longest term of recordings',
  ),
}

export const siteFields = {
  kind: word('Säilytyspaikka', 'Förvaringsplatsen', 'Storage site'),
  electronicAccessControl: word(
    'elektroninen kulunvalvonta',
    'elektronisk passagekontroll',
    'electronic access control',
  ),
  country: word('maa', 'land', 'country'),
  attestedBy: word('kulunvalvonnan toteaja', 'passagekontrollen konstaterad av', 'access control attested by'),
  attestedOn: word('kulunvalvonta todettu', 'passagekontrollen konstaterad', 'access control attested on'),
  nextReview: word('seuraava tarkistus', 'nästa granskning', 'next review'),
}

export const disclosureFields = {
  research: word(
    'Luovutus tutkimuslaitokselle',
    'Utlämnande till ett forskningsinstitut',
    'Disclosure to a research institute',
  ),
  authority: word('Luovutus viranomaiselle', 'Utlämnande till en myndighet', 'Disclosure to an authority'),
  pseudonymised: word(
    'Pseudonymisoidut kopiot tutkimukseen',
    'Pseudonymiserade kopior till forskning',
    'Pseudonymised copies to research',
  ),
  returnWorkingDays: word(
    'Aika palauttaa tai tuhota luovutettu',
    'Tid att återlämna eller förstöra det som lämnats ut',
    'Time to return or destroy what was disclosed',
  ),
  provision: word('Säädösperuste', 'Författningsgrunden', 'Statutory ground'),
}

export const contactFields = {
  rightsUnit: word('Pyynnöt vastaanottava yksikkö', 'Enhet som tar emot begäranden', 'Unit that takes requests'),
  officer: word('Tietosuojavastaava', 'Dataskyddsombud', 'Data protection officer'),
  accessibility: word('Saavutettavuuspalaute', 'Tillgänglighetsrespons', 'Accessibility feedback'),
  address: word('osoite', 'adress', 'address'),
  email: word('sähköposti', 'e-post', 'email'),
  phone: word('puhelin', 'telefon', 'phone'),
}

export const switchNames = {
  accessCopy: word(
    'Tallenteen kopio pyynnöstä',
    'Kopia av inspelningen på begäran',
    'Copy of the recording on request',
  ),
  accessTranscript: word('Tallenteen teksti pyynnöstä', 'Utskrift av inspelningen på begäran', 'Transcript on request'),
  holdForInspection: word(
    'Tuhoamisen lykkääminen tarkastuspyynnön ajaksi',
    'Uppskjuten förstöring under en begäran om insyn',
    'Destruction put off during an inspection request',
  ),
  announcementRequired: word(
    'Tallennusilmoitus ennen tallentamista',
    'Inspelningsmeddelande före inspelning',
    'Announcement before recording',
  ),
  secondFactor: word('Kirjautumisen toinen vaihe', 'Inloggningens andra steg', 'Second step of signing in'),
  maintenanceContent: word(
    'Teknisen ylläpidon pääsy sisältöön',
    'Det tekniska underhållets åtkomst till innehållet',
    'Access of technical maintenance to content',
  ),
  researchTreatAsPersonal: word(
    'Tutkimuskopiot henkilötietoina',
    'Forskningskopior som personuppgifter',
    'Research copies as personal data',
  ),
  legalClaim: word('Käyttö oikeusvaateissa', 'Användning i rättsliga anspråk', 'Use in legal claims'),
  logRetentionMonths: word('Lokin säilytysaika', 'Loggens lagringstid', 'Term of the log'),
  officialConsent: word('Virkailijan asema', 'Tjänstemannens ställning', 'Position of the official'),
  julklRequests: word(
    'Julkisuuslain mukaiset pyynnöt',
    'Begäranden enligt offentlighetslagen',
    'Requests under the Act on Openness',
  ),
  mentionedPersons: word(
    'Puhelussa mainitun henkilön pyynnöt',
    'Begäranden av personer som nämns i samtalet',
    'Requests of persons mentioned in a call',
  ),
  maskCallerAfterMonths: word(
    'Soittajan numeron peittäminen',
    'Maskering av uppringarens nummer',
    'Masking of the caller’s number',
  ),
}
export const switchValues = {
  off: word('ei käytössä', 'ej i bruk', 'off'),
  optional: word('vapaaehtoinen', 'frivilligt', 'optional'),
  required: word('pakollinen', 'obligatoriskt', 'required'),
  allowed: word('sallittu', 'tillåten', 'allowed'),
  breakGlass: word('vain hätätilanteessa', 'bara i nödläge', 'only in an emergency'),
  denied: word('kielletty', 'förbjuden', 'denied'),
  informed: word('virkailijalle kerrotaan', 'tjänstemannen informeras', 'the official is informed'),
}
export const consentRequired = word(
  'virkailijan suostumus tarvitaan',
  'tjänstemannens samtycke krävs',
  'the official’s consent is required',
)
