import type { Language } from '#description/closed-lists.ts'

/** The page at which a copy of a recording is fetched. */
export interface CopyWords {
  title: string
  lead: string
  once: string
  download: string
  openTitle: string
  openLead: string
  openSteps: readonly string[]
  openCommand: string
  openKey: string
  others: string
  fileName: string
  goneTitle: string
  gone: string
  busyTitle: string
  busy: string
}

export const copyWords: Record<Language, CopyWords> = {
  fi: {
    title: 'Jäljennös puhelutallenteesta',
    lead: 'Tästä voi noutaa salatun jäljennöksen tallenteesta, jota on pyydetty.',
    once: 'Jäljennöksen voi noutaa yhden kerran. Jos yhteys katkeaa kesken, noudon voi aloittaa uudelleen kahdesti tunnin kuluessa. Jäljennöstä voi noutaa vain yhdellä laitteella kerrallaan.',
    download: 'Nouda jäljennös',
    openTitle: 'Jäljennöksen avaaminen',
    openLead: 'Tiedosto on salattu age-menetelmällä. Viranomainen ei voi avata sitä.',
    openSteps: [
      'Hanki age-ohjelma osoitteesta age-encryption.org.',
      'Pura salaus komennolla, joka on alla.',
      'Anna salalause, joka on kerrottu erikseen.',
      'Kuuntele puhelu.wav millä tahansa ääniohjelmalla.',
    ],
    openCommand: 'age --decrypt --output puhelu.wav puhelu.wav.age',
    openKey: 'Jos jäljennös on salattu omalle avaimelle, lisää komentoon --identity ja avaintiedoston nimi.',
    others: 'Tallenteella kuuluu myös toisen henkilön ääni. Ota se huomioon, kun säilytät jäljennöstä.',
    fileName: 'puhelu',
    goneTitle: 'Jäljennöstä ei ole noudettavissa',
    gone: 'Linkki on väärä, se on jo käytetty tai sen aika on päättynyt. Uutta jäljennöstä voi pyytää Palveluyksiköstä.',
    busyTitle: 'Jäljennöstä noudetaan parhaillaan',
    busy: 'Joku noutaa jäljennöstä juuri nyt. Jos nouto ei ole sinun, ilmoita heti Palveluyksikköön. Jos oma yhteytesi katkesi, yritä uudelleen kahden minuutin kuluttua.',
  },
  sv: {
    title: 'Kopia av en samtalsinspelning',
    lead: 'Här kan man hämta en krypterad kopia av den inspelning som begärts.',
    once: 'Kopian kan hämtas en gång. Om förbindelsen bryts kan hämtningen börjas om högst två gånger inom en timme. Kopian kan hämtas med bara en enhet åt gången.',
    download: 'Hämta kopian',
    openTitle: 'Så öppnas kopian',
    openLead: 'Filen är krypterad med age. Myndigheten kan inte öppna den.',
    openSteps: [
      'Skaffa programmet age på adressen age-encryption.org.',
      'Dekryptera filen med kommandot nedan.',
      'Ange lösenfrasen, som har meddelats separat.',
      'Lyssna på samtal.wav i vilket ljudprogram som helst.',
    ],
    openCommand: 'age --decrypt --output samtal.wav samtal.wav.age',
    openKey: 'Om kopian är krypterad för en egen nyckel, lägg till --identity och nyckelfilens namn i kommandot.',
    others: 'På inspelningen hörs också en annan persons röst. Beakta det när kopian förvaras.',
    fileName: 'samtal',
    goneTitle: 'Det finns ingen kopia att hämta',
    gone: 'Länken är felaktig, redan använd eller för gammal. En ny kopia kan begäras hos Serviceenheten.',
    busyTitle: 'Kopian hämtas just nu',
    busy: 'Någon hämtar kopian just nu. Om det inte är du, kontakta genast Serviceenheten. Om din egen förbindelse bröts, försök igen om två minuter.',
  },
  en: {
    title: 'A copy of a call recording',
    lead: 'An encrypted copy of the requested recording can be fetched here.',
    once: 'The copy can be fetched once. If the connection breaks, the download can be started again twice within an hour. Only one device can fetch the copy at a time.',
    download: 'Fetch the copy',
    openTitle: 'Opening the copy',
    openLead: 'The file is encrypted with age. The authority cannot open it.',
    openSteps: [
      'Get the age program from age-encryption.org.',
      'Decrypt the file with the command below.',
      'Enter the passphrase, which was given separately.',
      'Listen to call.wav in any audio program.',
    ],
    openCommand: 'age --decrypt --output call.wav call.wav.age',
    openKey:
      'If the copy is encrypted to a key of your own, add --identity and the name of the key file to the command.',
    others: 'Another person’s voice can be heard on the recording as well. Bear this in mind when keeping the copy.',
    fileName: 'call',
    goneTitle: 'There is no copy to fetch',
    gone: 'The link is wrong, has been used or has expired. A new copy can be requested from the Service Unit.',
    busyTitle: 'The copy is being fetched',
    busy: 'Somebody is fetching the copy right now. If it is not you, tell the Service Unit at once. If your own connection broke, try again in two minutes.',
  },
}
