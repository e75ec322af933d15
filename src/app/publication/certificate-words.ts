import type { Language } from '#description/closed-lists.ts'

export interface CertificateWords {
  title: string
  subtitle: string
  /** What it proves, in one sentence. */
  statement: string
  controller: string
  destroyed: string
  call: string
  callAt: string
  number: string
  recording: string
  cause: string
  causes: Record<'caller' | 'official' | 'trimming', string>
  destroyedAt: string
  places: string
  everywhere: string
  reached: string
  notReached: string
  keys: string
  stores: Record<'file' | 'pkcs11' | 'vault', string>
  keyGone: (key: string, store: string, at: string) => string
  historyStays: string
  proof: string
  entry: string
  hash: string
  head: string
  headOf: (size: number) => string
  check: (origin: string, address: string) => string
}

export const certificateWords: Record<Language, CertificateWords> = {
  fi: {
    title: 'Todistus tallenteen tuhoamisesta',
    subtitle: 'Puhelutallenne on tuhottu kaikkine kopioineen',
    statement:
      'Alla mainittu puhelutallenne on tuhottu peruuttamattomasti. Sen salausavain on hävitetty, joten mitään mahdollista kopiota ei voi enää avata.',
    controller: 'Rekisterinpitäjä',
    destroyed: 'Mitä tuhottiin',
    call: 'Puhelu',
    callAt: 'Puhelun aika',
    number: 'Palvelunumero',
    recording: 'Tallenteen tunnus',
    cause: 'Syy',
    causes: {
      caller: 'Soittaja kielsi tallenteen käytön asiakaspalvelun kehittämiseen.',
      official: 'Puheluun vastannut virkailija kielsi tallenteen käytön asiakaspalvelun kehittämiseen.',
      trimming: 'Tallenne ulottui puhelun ulkopuolelle, joten se poistettiin.',
    },
    destroyedAt: 'Tuhottu',
    places: 'Mihin tuhoaminen on ulottunut',
    everywhere: 'Rekisterin oma tallennuspaikka',
    reached: 'tuhottu',
    notReached: 'ei vielä tavoitettu; kopiota ei voi avata, koska sen avain on hävitetty',
    keys: 'Avaimet',
    stores: {
      file: 'palvelimen avainsäilö',
      pkcs11: 'laitteistoturvamoduuli (PKCS #11)',
      vault: 'avainpalvelu (Vault)',
    },
    keyGone: (key, store, at) => `${key}: ${store} hävitti avaimen ${at}, ja tarkistettiin, ettei avainta enää ole.`,
    historyStays:
      'Puhelun yhteystiedot jäävät kontaktihistoriaan määräajaksi, kuten rekisteriseloste sanoo. Tässä todistuksessa olevat puhelun tiedot on otettu kontaktihistoriasta; niitä ei tallenneta todistusta varten.',
    proof: 'Merkintä tuhoamisten luettelossa',
    entry: 'Merkinnän numero',
    hash: 'Merkinnän tiiviste',
    head: 'Luettelon allekirjoitus',
    headOf: (size) => `${size} merkintää`,
    check: (origin, address) =>
      `Luettelo ${origin} on Merkle-puu (RFC 6962), jonka lokin avain allekirjoittaa. Merkinnän voi pyytää tarkistettavaksi rekisterinpitäjältä: ${address}. Tarkistaja vertaa numeroa ja tiivistettä luetteloon ja sen allekirjoitukseen.`,
  },
  sv: {
    title: 'Intyg över att en inspelning har förstörts',
    subtitle: 'Samtalsinspelningen har förstörts med alla kopior',
    statement:
      'Samtalsinspelningen nedan har förstörts oåterkalleligt. Dess krypteringsnyckel är förstörd, så ingen kopia som kan finnas går längre att öppna.',
    controller: 'Personuppgiftsansvarig',
    destroyed: 'Vad som förstördes',
    call: 'Samtalet',
    callAt: 'Samtalets tid',
    number: 'Servicenummer',
    recording: 'Inspelningens beteckning',
    cause: 'Orsak',
    causes: {
      caller: 'Uppringaren förbjöd användningen för utveckling av kundservicen.',
      official: 'Tjänstemannen som besvarade samtalet förbjöd att inspelningen används för att utveckla kundservicen.',
      trimming: 'Inspelningen gick utanför samtalet och togs därför bort.',
    },
    destroyedAt: 'Förstörd',
    places: 'Vart förstöringen har nått',
    everywhere: 'Registrets lagring',
    reached: 'förstörd',
    notReached: 'ännu inte nådd; kopian går inte att öppna, eftersom dess nyckel är förstörd',
    keys: 'Nycklar',
    stores: { file: 'serverns nyckelförvar', pkcs11: 'hårdvarumodul (PKCS #11)', vault: 'nyckeltjänst (Vault)' },
    keyGone: (key, store, at) => `${key}: ${store} förstörde nyckeln ${at}, och det kontrollerades att den är borta.`,
    historyStays:
      'Uppgifterna om samtalet står kvar i kontakthistoriken sin tid, som registerbeskrivningen säger. Uppgifterna om samtalet i detta intyg är hämtade ur kontakthistoriken; de sparas inte för intyget.',
    proof: 'Anteckningen i förteckningen över förstöringar',
    entry: 'Anteckningens nummer',
    hash: 'Kontrollsumma',
    head: 'Förteckningens underskrift',
    headOf: (size) => `${size} anteckningar`,
    check: (origin, address) =>
      `Förteckningen ${origin} är ett Merkleträd (RFC 6962) som undertecknas med loggens nyckel. Anteckningen kan kontrolleras hos den personuppgiftsansvarige: ${address}. Den som kontrollerar jämför numret och kontrollsumman med förteckningen och dess underskrift.`,
  },
  en: {
    title: 'Certificate of the destruction of a recording',
    subtitle: 'The recording of a call has been destroyed with all its copies',
    statement:
      'The recording named below has been destroyed irrevocably. Its encryption key is destroyed, so no copy that may still lie anywhere can be opened.',
    controller: 'Controller',
    destroyed: 'What was destroyed',
    call: 'The call',
    callAt: 'Time of the call',
    number: 'Service number',
    recording: 'The recording’s identifier',
    cause: 'Cause',
    causes: {
      caller: 'The caller forbade the use of the recording for developing customer service.',
      official: 'The official who answered the call forbade the use of the recording for developing customer service.',
      trimming: 'The recording reached beyond the call and was therefore removed.',
    },
    destroyedAt: 'Destroyed',
    places: 'What the destruction has reached',
    everywhere: 'The register’s own storage',
    reached: 'destroyed',
    notReached: 'not reached yet; the copy cannot be opened, as its key is destroyed',
    keys: 'Keys',
    stores: {
      file: 'the server’s key store',
      pkcs11: 'a hardware security module (PKCS #11)',
      vault: 'a key service (Vault)',
    },
    keyGone: (key, store, at) =>
      `${key}: ${store} destroyed the key at ${at}, and it was checked that the key is gone.`,
    historyStays:
      'The identification data of the call stay in the contact history for their term, as the register description says. What this certificate says of the call is taken from the contact history; it is not stored for the certificate.',
    proof: 'The entry in the destruction ledger',
    entry: 'Number of the entry',
    hash: 'Hash of the entry',
    head: 'Signature of the ledger',
    headOf: (size) => `${size} entries`,
    check: (origin, address) =>
      `The ledger ${origin} is a Merkle tree (RFC 6962), signed with the log’s key. The entry can be checked by the controller: ${address}. Whoever checks it holds the number and the hash against the ledger and its signature.`,
  },
}
