import type { Language } from '#description/closed-lists.ts'

/** The accessibility statement in the parts that Commission Implementing Decision (EU) 2018/1523 asks for. */
export interface StatementWords {
  title: string
  /** Whose statement, about what. */
  about: (organisation: string) => readonly string[]
  statusTitle: string
  status: readonly string[]
  gapsTitle: string
  gapsLead: string
  gaps: readonly string[]
  madeTitle: string
  made: readonly string[]
  feedbackTitle: string
  feedback: string
  toForm: string
  byEmail: string
  byPhone: string
  authorityTitle: string
  authority: readonly string[]
  authorityName: string
  toList: string
}

export const authoritySite: Record<Language, string> = {
  fi: 'https://www.saavutettavuusvaatimukset.fi',
  sv: 'https://www.tillganglighetskrav.fi',
  en: 'https://www.webaccessibility.fi',
}

export const statementWords: Record<Language, StatementWords> = {
  fi: {
    title: 'Saavutettavuusseloste',
    about: (organisation) => [
      `Tämä seloste koskee Seloste-palvelua, jota ${organisation} käyttää: sen julkisia sivuja, PDF-asiakirjoja ja kirjautuneiden käyttöliittymää.`,
      'Laki digitaalisten palvelujen tarjoamisesta (306/2019) vaatii, että palvelu on saavutettava.',
    ],
    statusTitle: 'Kuinka saavutettava palvelu on',
    status: [
      'Palvelu täyttää osittain lain vaatimat A- ja AA-tason saavutettavuusvaatimukset (WCAG 2.1, EN 301 549). Puute on kuvattu alla.',
      'Julkiset sivut ja niiden PDF-asiakirjat täyttävät vaatimukset.',
    ],
    gapsTitle: 'Mikä ei ole saavutettavaa',
    gapsLead: 'Kirjautuneiden käyttöliittymässä:',
    gaps: [
      'Puhelutallenteilla ei ole tekstivastinetta. Henkilö, joka ei kuule, ei saa tallenteesta selvää (WCAG 1.2.1).',
    ],
    madeTitle: 'Miten seloste on tehty',
    made: [
      'Seloste on laadittu 25.11.2026. Se perustuu omaan arvioon: sivut on tarkistettu ohjelmallisesti (axe) selaimessa, pelkällä näppäimistöllä ja 320 kuvapisteen levyisinä, ja PDF-asiakirjat PDF/UA-standardin (ISO 14289-1) mukaan.',
      'Ulkopuolinen asiantuntija ei ole arvioinut palvelua.',
    ],
    feedbackTitle: 'Huomasitko puutteen?',
    feedback: 'Kerro siitä, niin vastaamme 14 päivän kuluessa. Voit myös pyytää tietoja muodossa, joka sopii sinulle.',
    toForm: 'Anna saavutettavuuspalautetta',
    byEmail: 'Sähköposti',
    byPhone: 'Puhelin',
    authorityTitle: 'Valvontaviranomainen',
    authority: [
      'Jos et ole tyytyväinen vastaukseen tai et saa vastausta 14 päivän kuluessa, voit tehdä ilmoituksen valvontaviranomaiselle. Sen sivuilla kerrotaan, miten ilmoitus tehdään ja miten asia käsitellään.',
    ],
    authorityName: 'Liikenne- ja viestintävirasto Traficom, digitaalisen esteettömyyden ja saavutettavuuden valvonta',
    toList: 'Saadut palautteet (pääkäyttäjälle)',
  },
  sv: {
    title: 'Tillgänglighetsutlåtande',
    about: (organisation) => [
      `Utlåtandet gäller tjänsten Seloste som ${organisation} använder: dess offentliga sidor, PDF-dokument och gränssnittet för inloggade.`,
      'Lagen om tillhandahållande av digitala tjänster (306/2019) kräver att tjänsten är tillgänglig.',
    ],
    statusTitle: 'Hur tillgänglig tjänsten är',
    status: [
      'Tjänsten uppfyller delvis de tillgänglighetskrav på nivåerna A och AA som lagen ställer (WCAG 2.1, EN 301 549). Bristen beskrivs nedan.',
      'De offentliga sidorna och deras PDF-dokument uppfyller kraven.',
    ],
    gapsTitle: 'Vad som inte är tillgängligt',
    gapsLead: 'I gränssnittet för inloggade:',
    gaps: [
      'Samtalsinspelningarna har inget textalternativ. En person som inte hör kan inte ta del av en inspelning (WCAG 1.2.1).',
    ],
    madeTitle: 'Hur utlåtandet har gjorts',
    made: [
      'Utlåtandet har upprättats den 25 november 2026. Det bygger på en egen bedömning: sidorna har kontrollerats med program (axe) i webbläsare, med enbart tangentbord och vid 320 bildpunkters bredd, och PDF-dokumenten enligt standarden PDF/UA (ISO 14289-1).',
      'Ingen utomstående expert har bedömt tjänsten.',
    ],
    feedbackTitle: 'Märkte du en brist?',
    feedback: 'Berätta om den, så svarar vi inom 14 dagar. Du kan också be om uppgifter i en form som passar dig.',
    toForm: 'Ge respons om tillgängligheten',
    byEmail: 'E-post',
    byPhone: 'Telefon',
    authorityTitle: 'Tillsynsmyndighet',
    authority: [
      'Om du inte är nöjd med svaret eller inte får något svar inom 14 dagar, kan du göra en anmälan till tillsynsmyndigheten. På dess webbplats berättas hur anmälan görs och hur ärendet behandlas.',
    ],
    authorityName: 'Transport- och kommunikationsverket Traficom, tillsynen över digital tillgänglighet',
    toList: 'Mottagen respons (för huvudanvändaren)',
  },
  en: {
    title: 'Accessibility statement',
    about: (organisation) => [
      `This statement is about the Seloste service that is used by the following organisation: ${organisation}. It covers the public pages, the PDF documents and the interface for those who sign in.`,
      'The Act on the Provision of Digital Services (306/2019) requires the service to be accessible.',
    ],
    statusTitle: 'How accessible the service is',
    status: [
      'The service is partially compliant with the accessibility requirements of levels A and AA that the Act sets (WCAG 2.1, EN 301 549). What is missing is described below.',
      'The public pages and their PDF documents meet the requirements.',
    ],
    gapsTitle: 'What is not accessible',
    gapsLead: 'In the interface for those who sign in:',
    gaps: [
      'Call recordings have no text alternative. A person who does not hear cannot follow a recording (WCAG 1.2.1).',
    ],
    madeTitle: 'How this statement was prepared',
    made: [
      'This statement was prepared on 25 November 2026. It is based on a self-assessment: the pages have been checked by a program (axe) in a browser, with the keyboard alone and at a width of 320 pixels, and the PDF documents against PDF/UA (ISO 14289-1).',
      'No outside expert has assessed the service.',
    ],
    feedbackTitle: 'Did you find a barrier?',
    feedback:
      'Tell us about it, and we answer within 14 days. You may also ask for information in a form that suits you.',
    toForm: 'Give feedback on accessibility',
    byEmail: 'E-mail',
    byPhone: 'Telephone',
    authorityTitle: 'Supervisory authority',
    authority: [
      'If you are not satisfied with the answer, or get none within 14 days, you may notify the supervisory authority. Its website tells how to do so and how the matter is handled.',
    ],
    authorityName: 'Finnish Transport and Communications Agency Traficom, supervision of digital accessibility',
    toList: 'Feedback received (for the administrator)',
  },
}
