import type { Language } from '#description/register-description.ts'

/** The letter that lies in a package to a research institute (R30-R33). */
export interface PackagedWords {
  title: string
  study: string
  until: string
  /** Anonymised are those of which none is only pseudonymised. */
  what: (files: number, isAnonymised: boolean) => string
  dutiesTitle: string
  duties: (until: string) => readonly string[]
  /** So many of them. */
  pseudonymised: (files: number) => string
  filesTitle: string
  file: string
  length: string
}

export const packagedWords: Record<Language, PackagedWords> = {
  fi: {
    title: 'Tallenteiden luovutus tutkimuslaitokselle',
    study: 'Tutkimus',
    until: 'Käytettävissä enintään',
    what: (files, isAnonymised) =>
      `Paketissa on ${files} ${isAnonymised ? 'anonymisoitua ' : ''}kopiota puhelutallenteista. Ne on luovutettu vain asiakaspalvelun laatutason arvioimista varten.`,
    dutiesTitle: 'Mihin laitos on sitoutunut',
    duties: (until) => [
      'Kopioita käytetään vain tähän tutkimukseen, eikä niitä anneta muille.',
      'Puhelun osapuolia ei yritetä tunnistaa.',
      `Kopiot palautetaan tai tuhotaan heti, kun tutkimus päättyy, viimeistään ${until}.`,
      'Jokaisen kopion palautus tai tuhoaminen vahvistetaan kirjallisesti.',
      'Jos kopio pyydetään tuhoamaan kesken tutkimuksen, se tuhotaan viipymättä ja siitä ilmoitetaan.',
    ],
    pseudonymised: (files) =>
      `Kopioista ${files} on vain pseudonymisoitu: äänestä voi vielä tunnistaa puhujan. Niitä käsitellään henkilötietoina.`,
    filesTitle: 'Tiedostot',
    file: 'Tiedosto',
    length: 'Kesto',
  },
  sv: {
    title: 'Utlämnande av inspelningar till ett forskningsinstitut',
    study: 'Undersökning',
    until: 'Får användas längst till',
    what: (files, isAnonymised) =>
      `Paketet innehåller ${files} ${isAnonymised ? 'anonymiserade ' : ''}kopior av samtalsinspelningar. De har lämnats ut endast för bedömning av kundservicens kvalitetsnivå.`,
    dutiesTitle: 'Det här har institutet förbundit sig till',
    duties: (until) => [
      'Kopiorna används bara i den här undersökningen och ges inte till andra.',
      'Inga försök görs att identifiera parterna i samtalen.',
      `Kopiorna återlämnas eller förstörs genast när undersökningen har avslutats, senast ${until}.`,
      'Återlämnandet eller förstöringen av varje kopia bekräftas skriftligen.',
      'Om en kopia begärs förstörd under undersökningen förstörs den utan dröjsmål och det meddelas.',
    ],
    pseudonymised: (files) =>
      `Av kopiorna är ${files} bara pseudonymiserade: talaren kan ännu kännas igen på rösten. De behandlas som personuppgifter.`,
    filesTitle: 'Filer',
    file: 'Fil',
    length: 'Längd',
  },
  en: {
    title: 'Recordings disclosed to a research institute',
    study: 'Study',
    until: 'To be used no longer than',
    what: (files, isAnonymised) =>
      `The package has ${files} ${isAnonymised ? 'anonymised ' : ''}copies of call recordings. They are disclosed for assessing the quality level of customer service and for nothing else.`,
    dutiesTitle: 'What the institute has undertaken',
    duties: (until) => [
      'The copies are used in this study alone and given to nobody.',
      'Nobody tries to recognise the parties of the calls.',
      `The copies are returned or destroyed as soon as the study ends, by ${until} at the latest.`,
      'That each copy was returned or destroyed is confirmed in writing.',
      'A copy that is recalled during the study is destroyed without delay, and that is confirmed.',
    ],
    pseudonymised: (files) =>
      `Of the copies ${files} are only pseudonymised: the voice may still be recognised. They are treated as personal data.`,
    filesTitle: 'Files',
    file: 'File',
    length: 'Length',
  },
}
