import { oneOf } from './invented-people.ts'
import type { Chance, SpokenLanguage } from './speak-numbers.ts'

/** Track 0 is the official's, 1 the caller's. */
export type Line = [track: 0 | 1, text: string]

const openings: Record<SpokenLanguage, string[][]> = {
  fi: [
    ['Verohallinto, {OFFICIAL}, hyvää päivää.', 'No hei, täällä {NAME}. Mulla olis asiaa verokortista.'],
    ['Verohallinnosta {OFFICIAL}, kuinka voin auttaa?', 'Päivää, nimeni on {NAME} ja soitan tuosta päätöksestä.'],
    ['Verohallinto, päivää.', 'Hei, mä haluaisin kysyä ennakkoverosta.', 'Mikä teidän nimenne on?', '{NAME}.'],
    ['Päivää, Verohallinto.', 'Joo moi, {FAMILY} tässä, soitan jäännösverosta.'],
  ],
  sv: [
    ['Skatteförvaltningen, {OFFICIAL}, god dag.', 'Hej, jag heter {NAME} och jag ringer om skattekortet.'],
    ['Skatteförvaltningen, goddag.', 'Hej, det gäller mitt beslut.', 'Vad heter du?', '{NAME}.'],
    [
      'Välkommen till Skatteförvaltningen, hur kan jag hjälpa till?',
      'Ja hej, här är {NAME}, det gäller förskottsskatten.',
    ],
  ],
  en: [
    ['Tax Administration, {OFFICIAL} speaking.', 'Hello, my name is {NAME} and I am calling about my tax card.'],
    [
      'Tax Administration, how can I help?',
      'Hi, I have a question about my tax return.',
      'May I have your name please?',
      'Yes it is {NAME}.',
    ],
    ['Good morning, Tax Administration.', 'Good morning, this is {NAME}, I got a letter from you.'],
  ],
}

const questions: Record<SpokenLanguage, string[][]> = {
  fi: [
    ['Mikä on henkilötunnuksenne?', 'Se on {HETU}.', 'Eli {HETU}, kiitos.'],
    ['Saisinko vielä henkilötunnuksen?', '{HETU}.'],
    ['Ja henkilötunnuksen loppuosa?', '{HETUEND}.', '{HETUEND}, selvä.'],
    ['Mikä on osoitteenne?', 'Asun osoitteessa {STREET}, {POSTCODE}.', '{STREET}, kiitos.'],
    ['Onko osoite muuttunut?', 'On, muutin kesällä, uusi osoite on {STREET}.', 'Entä postinumero?', '{POSTCODE}.'],
    ['Mistä numerosta teidät tavoittaa?', 'Numeroni on {PHONE}.', '{PHONE}, hyvä.'],
    ['Kerrotteko puhelinnumeronne?', 'Joo se on {PHONE}.'],
    ['Mille tilille palautus maksetaan?', 'Tilinumero on {IBAN}.', 'Tarkistan, {IBAN}.'],
    ['Onko teillä yritystä?', 'On, y-tunnus on {BUSINESS}.'],
    ['Minkä auton vähennys koskee?', 'Rekisterinumero on {PLATE}.'],
    ['Onko päätöksen numeroa?', 'Diaarinumero on {CASE}.', 'Kiitos, {CASE}.'],
    ['Mikä on syntymäaikanne?', 'Olen syntynyt {BORN}.'],
    ['Kenen puolesta soitatte?', 'Vaimoni {RELATIVE}, hänen henkilötunnuksensa on {HETU}.'],
    ['Millä koodilla kirjauduitte?', 'Koodi oli {PIN}.'],
  ],
  sv: [
    ['Vad är er personbeteckning?', 'Den är {HETU}.', 'Alltså {HETU}, tack.'],
    ['Får jag personbeteckningen?', '{HETU}.'],
    ['Har ni ett svenskt personnummer?', 'Ja, {PNR}.'],
    ['Vad är er adress?', 'Jag bor på {STREET}, {POSTCODE}.', '{STREET}, tack.'],
    ['Har adressen ändrats?', 'Ja, min nya adress är {STREET}.', 'Och postnummer?', '{POSTCODE}.'],
    ['På vilket nummer kan man nå er?', 'Mitt telefonnummer är {PHONE}.', '{PHONE}, bra.'],
    ['Till vilket konto betalas återbäringen?', 'Kontonumret är {IBAN}.', 'Jag upprepar, {IBAN}.'],
    ['Har ni ett företag?', 'Ja, FO-numret är {BUSINESS}.'],
    ['Vilken bil gäller avdraget?', 'Registernumret är {PLATE}.'],
    ['Har ni ett ärendenummer?', 'Diarienumret är {CASE}.'],
    ['När är ni född?', 'Jag är född den {BORN}.'],
    ['Vem ringer ni för?', 'Min man {RELATIVE}, hans personbeteckning är {HETU}.'],
  ],
  en: [
    ['What is your personal identity code?', 'It is {HETU}.', 'So {HETU}, thank you.'],
    ['Could I have your Finnish identity code?', '{HETU}.'],
    ['And what is your address?', 'I live at {STREET}, {POSTCODE}.', '{STREET}, thanks.'],
    ['Has your address changed?', 'Yes, my new address is {STREET}.', 'And the postcode?', '{POSTCODE}.'],
    ['What number can we reach you on?', 'My phone number is {PHONE}.', '{PHONE}, great.'],
    ['Which account should the refund go to?', 'The account number is {IBAN}.', 'Let me repeat, {IBAN}.'],
    ['Do you have a company?', 'Yes, the business id is {BUSINESS}.'],
    ['Which car is the deduction for?', 'The registration number is {PLATE}.'],
    ['Do you have a case number?', 'The reference number is {CASE}.'],
    ['What is your date of birth?', 'I was born on {BORN}.'],
    ['Who are you calling for?', 'My wife {RELATIVE}, her identity code is {HETU}.'],
  ],
}

/** Small talk full of numbers, months and words that are names elsewhere; nothing in it identifies anybody. */
const smallTalk: Record<SpokenLanguage, string[][]> = {
  fi: [
    ['Tulot ovat siis kolmekymmentäkaksituhatta euroa vuodessa?', 'Joo, ja veroprosentti on nyt kaksikymmentäkolme.'],
    [
      'Jäännösvero on tuhat kaksisataa euroa ja eräpäivä on ensimmäinen elokuuta.',
      'Selvä, maksan sen kahdessa erässä.',
    ],
    ['Päätös tulee noin kolmessa viikossa.', 'Toivottavasti, viime vuonna odotin kaksi kuukautta.'],
    ['Verovuosi kaksituhatta kaksikymmentäneljä on vielä kesken.', 'Ai jaa, mä luulin että se on jo valmis.'],
    ['Matkakuluista omavastuu on seitsemänsataaviisikymmentä euroa.', 'Ja kilometrejä tulee neljäkymmentä päivässä.'],
    ['Onko teillä oma tuulivoimala tai metsää?', 'On metsää, mutta siitä ei saanut onneksi paljon rahaa.'],
    ['Katson tilanteen koneelta, hetki vain.', 'Joo ei mitään kiirettä, voin odottaa.'],
    ['Lähetin selvityksen jo maaliskuussa.', 'Niin se näkyy täällä, käsittely on kesken.'],
  ],
  sv: [
    ['Inkomsterna är alltså trettiotvåtusen euro om året?', 'Ja, och skatteprocenten är nu tjugotre.'],
    ['Kvarskatten är ettusentvåhundra euro och förfallodagen är första augusti.', 'Okej, jag betalar i två rater.'],
    ['Beslutet kommer om ungefär tre veckor.', 'Hoppas det, förra året väntade jag två månader.'],
    ['Skatteåret tjugohundratjugofyra är inte färdigt ännu.', 'Jaså, jag trodde att det var klart.'],
    ['Självrisken för resekostnader är sjuhundrafemtio euro.', 'Och det blir fyrtio kilometer om dagen.'],
    ['Jag kollar läget på datorn, ett ögonblick.', 'Ingen brådska, jag kan vänta.'],
    ['Jag skickade utredningen redan i mars.', 'Ja det syns här, den behandlas ännu.'],
  ],
  en: [
    ['So your income is thirty two thousand euros a year?', 'Yes, and the tax rate is twenty three percent now.'],
    [
      'The back tax is one thousand two hundred euros, due on the first of August.',
      'Okay, I will pay it in two parts.',
    ],
    ['The decision will take about three weeks.', 'I hope so, last year I waited two months.'],
    ['The tax year twenty twenty four is not finished yet.', 'Oh, I thought it may be ready by now.'],
    ['The travel deductible is seven hundred and fifty euros.', 'And it is forty kilometres a day.'],
    ['Let me check the system, one moment.', 'No hurry, I can wait.'],
    ['I sent the report back in March.', 'Yes I can see it here, it is still open.'],
  ],
}

const closings: Record<SpokenLanguage, string[][]> = {
  fi: [
    ['Asia on nyt kunnossa, {FAMILY}.', 'Kiitos paljon, hei hei.'],
    ['Kirjasin {GENITIVE} asian. Kuulemiin.', 'Kiitos kuulemiin.'],
    ['Hyvää päivänjatkoa.', 'Kiitos samoin.'],
  ],
  sv: [
    ['Nu är det klart, {GIVEN}.', 'Tack så mycket, hej då.'],
    ['Ha en bra dag.', 'Tack detsamma.'],
  ],
  en: [
    ['That is all done now, mister {FAMILY}.', 'Thank you very much, goodbye.'],
    ['Have a nice day.', 'Thanks, you too.'],
  ],
}

/** Builds one call: an opening, three or four questions with small talk between them, and an end. */
export function scriptFor(language: SpokenLanguage, chance: Chance): Line[] {
  const parts = [oneOf(openings[language], chance)]
  const request = new Set<string[]>()
  const count = 3 + Math.floor(chance() * 2)
  while (request.size < count) request.add(oneOf(questions[language], chance))
  for (const question of request) {
    parts.push(question)
    if (chance() < 0.7) parts.push(oneOf(smallTalk[language], chance))
  }
  parts.push(oneOf(closings[language], chance))
  return parts.flatMap((lines) => lines.map((line, index): Line => [index % 2 === 0 ? 0 : 1, line]))
}
