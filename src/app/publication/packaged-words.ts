import type { Language } from '#description/closed-lists.ts'

/** The letter that lies in a package to a research institute (R30-R33). */
export interface PackagedWords {
  title: string
  date: string
  number: string
  study: string
  until: string
  /** Anonymised are those of which none is only pseudonymised. */
  what: (files: number, isAnonymised: boolean) => string
  dutiesTitle: string
  duties: (until: string, hasPseudonymised: boolean) => readonly string[]
  /** So many of the files, of which there are more or just as many. */
  pseudonymised: (those: number, files: number) => string
  filesTitle: string
  /** What the sums are for. */
  filesWhat: string
  file: string
  length: string
  /** Which of the files are only pseudonymised, where some are. */
  copy: string
  voice: { anonymised: string; pseudonymised: string }
  contactTitle: string
  contact: string
}

export const packagedWords: Record<Language, PackagedWords> = {
  fi: {
    title: 'Tallenteiden luovutus tutkimuslaitokselle',
    date: 'Päivämäärä',
    number: 'Luovutuksen numero',
    study: 'Tutkimus',
    until: 'Käytettävissä enintään',
    what: (files, isAnonymised) =>
      files === 1
        ? `Paketissa on yksi ${isAnonymised ? 'anonymisoitu ' : ''}jäljennös puhelutallenteesta. Se on luovutettu vain asiakaspalvelun laatutason arvioimista varten.`
        : `Paketissa on ${files} ${isAnonymised ? 'anonymisoitua ' : ''}jäljennöstä puhelutallenteista. Ne on luovutettu vain asiakaspalvelun laatutason arvioimista varten.`,
    dutiesTitle: 'Mihin laitos on sitoutunut',
    duties: (until, hasPseudonymised) => [
      'Jäljennöksiä käytetään vain tähän tutkimukseen, eikä niitä anneta muille.',
      'Puhelun osapuolia ei yritetä tunnistaa.',
      ...(hasPseudonymised ? ['Pseudonymisoituja jäljennöksiä käsitellään henkilötietoina.'] : []),
      `Jäljennökset palautetaan tai tuhotaan heti, kun tutkimus päättyy, viimeistään ${until}.`,
      'Jokaisen jäljennöksen palautus tai tuhoaminen vahvistetaan kirjallisesti.',
      'Jos jäljennös pyydetään tuhoamaan kesken tutkimuksen, se tuhotaan viipymättä ja siitä ilmoitetaan.',
    ],
    pseudonymised: (those, files) =>
      those === files
        ? `${files === 1 ? 'Jäljennös on' : 'Jäljennökset ovat'} vain pseudonymisoitu${files === 1 ? '' : 'ja'}: äänestä voi vielä tunnistaa puhujan. ${files === 1 ? 'Sitä' : 'Niitä'} käsitellään henkilötietoina.`
        : `Jäljennöksistä ${those} on vain pseudonymisoitu: äänestä voi vielä tunnistaa puhujan. ${those === 1 ? 'Sitä' : 'Näitä'} käsitellään henkilötietoina. Luettelosta alla näkee, ${those === 1 ? 'mikä se on' : 'mitkä ne ovat'}.`,
    filesTitle: 'Tiedostot',
    filesWhat: 'Tiivisteestä (SHA-256) voi tarkistaa, että tiedosto on tullut perille muuttumattomana.',
    file: 'Tiedosto',
    copy: 'Jäljennös',
    voice: { anonymised: 'anonymisoitu', pseudonymised: 'pseudonymisoitu' },
    length: 'Kesto',
    contactTitle: 'Vahvistukset ja lisätietoja',
    contact:
      'Vahvistukset lähetetään tähän osoitteeseen, ja samasta paikasta saa lisätietoja. Mainitkaa luovutuksen numero.',
  },
  sv: {
    title: 'Utlämnande av inspelningar till ett forskningsinstitut',
    date: 'Datum',
    number: 'Utlämnandets nummer',
    study: 'Undersökning',
    until: 'Får användas längst till',
    what: (files, isAnonymised) =>
      files === 1
        ? `Paketet innehåller en ${isAnonymised ? 'anonymiserad ' : ''}kopia av en samtalsinspelning. Den har lämnats ut endast för bedömning av kundservicens kvalitetsnivå.`
        : `Paketet innehåller ${files} ${isAnonymised ? 'anonymiserade ' : ''}kopior av samtalsinspelningar. De har lämnats ut endast för bedömning av kundservicens kvalitetsnivå.`,
    dutiesTitle: 'Det här har institutet förbundit sig till',
    duties: (until, hasPseudonymised) => [
      'Kopiorna används bara i den här undersökningen och ges inte till andra.',
      'Inga försök görs att identifiera parterna i samtalen.',
      ...(hasPseudonymised ? ['Pseudonymiserade kopior behandlas som personuppgifter.'] : []),
      `Kopiorna återlämnas eller förstörs genast när undersökningen har avslutats, senast ${until}.`,
      'Återlämnandet eller förstöringen av varje kopia bekräftas skriftligen.',
      'Om en kopia ska förstöras medan undersökningen pågår förstörs den utan dröjsmål och förstöringen meddelas.',
    ],
    pseudonymised: (those, files) =>
      those === files
        ? `${files === 1 ? 'Kopian är' : 'Kopiorna är'} bara pseudonymiserad${files === 1 ? '' : 'e'}: talaren kan ännu kännas igen på rösten. ${files === 1 ? 'Den' : 'De'} behandlas som personuppgifter.`
        : `Av kopiorna är ${those} bara pseudonymiserad${those === 1 ? '' : 'e'}: talaren kan ännu kännas igen på rösten. ${those === 1 ? 'Den' : 'De'} behandlas som personuppgifter. Förteckningen nedan visar ${those === 1 ? 'vilken den är' : 'vilka de är'}.`,
    filesTitle: 'Filer',
    filesWhat: 'Med kontrollsumman (SHA-256) kan man kontrollera att filen har kommit fram oförändrad.',
    file: 'Fil',
    copy: 'Kopia',
    voice: { anonymised: 'anonymiserad', pseudonymised: 'pseudonymiserad' },
    length: 'Längd',
    contactTitle: 'Bekräftelser och mer information',
    contact: 'Bekräftelserna sänds till den här adressen, där man också får mer information. Ange utlämnandets nummer.',
  },
  en: {
    title: 'Recordings disclosed to a research institute',
    date: 'Date',
    number: 'Disclosure number',
    study: 'Study',
    until: 'May be used until',
    what: (files, isAnonymised) =>
      files === 1
        ? `The package contains one ${isAnonymised ? 'anonymised ' : ''}copy of a call recording. It is disclosed for assessing the quality level of customer service and for nothing else.`
        : `The package contains ${files} ${isAnonymised ? 'anonymised ' : ''}copies of call recordings. They are disclosed for assessing the quality level of customer service and for nothing else.`,
    dutiesTitle: 'What the institute has undertaken',
    duties: (until, hasPseudonymised) => [
      'The copies are used in this study alone and are not given to anybody else.',
      'No attempt is made to identify the parties to the calls.',
      ...(hasPseudonymised ? ['Pseudonymised copies are treated as personal data.'] : []),
      `The copies are returned or destroyed as soon as the study ends, by ${until} at the latest.`,
      'The return or destruction of each copy is confirmed in writing.',
      'A copy that is recalled during the study is destroyed without delay, and its destruction is confirmed.',
    ],
    pseudonymised: (those, files) =>
      those === files
        ? `${files === 1 ? 'The copy is' : 'The copies are'} only pseudonymised: the voice may still be recognised. ${files === 1 ? 'It is' : 'They are'} treated as personal data.`
        : `Of the copies ${those} ${those === 1 ? 'is' : 'are'} only pseudonymised: the voice may still be recognised. ${those === 1 ? 'It is' : 'Those are'} treated as personal data. The list below shows ${those === 1 ? 'which it is' : 'which they are'}.`,
    filesTitle: 'Files',
    filesWhat: 'The checksum (SHA-256) shows whether a file has arrived unchanged.',
    file: 'File',
    copy: 'Copy',
    voice: { anonymised: 'anonymised', pseudonymised: 'pseudonymised' },
    length: 'Length',
    contactTitle: 'Confirmations and further information',
    contact:
      'Confirmations are sent to this address, which also gives further information. Please quote the disclosure number.',
  },
}
