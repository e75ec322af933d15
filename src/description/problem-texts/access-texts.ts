import { type ProblemText } from './problem-text.ts'

/** Purposes and roles: who may look, and why. */
export const accessTexts = {
  'purpose.unknown': {
    message: {
      fi: 'Käyttötarkoitusta ei ole: luettelo on suljettu eikä rekisteriä käytetä muuhun.',
      sv: 'Ändamålet finns inte: förteckningen är sluten och registret används inte till annat.',
      en: 'There is no such purpose: the list is closed and the register is used for nothing else.',
    },
    remedy: {
      fi: 'Valitse jokin näistä: {allowed}.',
      sv: 'Välj ett av följande: {allowed}.',
      en: 'Choose one of these: {allowed}.',
    },
  },
  'purpose.twice': {
    message: {
      fi: 'Käyttötarkoitus {purpose} on kuvattu kahteen kertaan.',
      sv: 'Ändamålet {purpose} har beskrivits två gånger.',
      en: 'The purpose {purpose} is described twice.',
    },
    remedy: { fi: 'Poista toinen kuvaus.', sv: 'Ta bort den ena beskrivningen.', en: 'Remove one of the two.' },
  },
  'purpose.first': {
    message: {
      fi: 'Asiakaspalvelun kehittäminen (DEVELOPMENT) on ensisijainen käyttötarkoitus.',
      sv: 'Utvecklande av kundservicen (DEVELOPMENT) är det primära ändamålet.',
      en: 'Development of customer service (DEVELOPMENT) is the primary purpose.',
    },
    remedy: {
      fi: 'Kirjoita DEVELOPMENT luettelon ensimmäiseksi.',
      sv: 'Skriv DEVELOPMENT först i förteckningen.',
      en: 'Put DEVELOPMENT first in the list.',
    },
  },
  'purpose.unused': {
    message: {
      fi: 'Käyttötarkoitus {purpose} on luettelossa, mutta mikään rooli ei saa käyttää rekisteriä siihen.',
      sv: 'Ändamålet {purpose} finns i förteckningen, men ingen roll får använda registret för det.',
      en: 'The purpose {purpose} is listed, but no role may use the register for it.',
    },
    remedy: {
      fi: 'Anna se jollekin roolille, tai poista se luettelosta.',
      sv: 'Ge det till någon roll, eller ta bort det ur förteckningen.',
      en: 'Give it to a role, or take it off the list.',
    },
  },
  'purpose.data-set-twice': {
    message: {
      fi: 'Sama tietojoukko on mainittu kahteen kertaan.',
      sv: 'Samma datamängd har nämnts två gånger.',
      en: 'The same data set is named twice.',
    },
    remedy: { fi: 'Poista toinen.', sv: 'Ta bort den ena.', en: 'Remove one of them.' },
  },
  'purpose.legal-basis': {
    message: {
      fi: 'Käyttötarkoitukselta {purpose} puuttuu oikeusperuste, jonka tietosuojaseloste vaatii.',
      sv: 'Ändamålet {purpose} saknar den rättsliga grund som dataskyddsbeskrivningen kräver.',
      en: 'The purpose {purpose} lacks the legal basis that a privacy notice must give.',
    },
    remedy: {
      fi: 'Lisää legalBasis suomeksi, ruotsiksi ja englanniksi, tai valitse profile: seed.',
      sv: 'Lägg till legalBasis på finska, svenska och engelska, eller välj profile: seed.',
      en: 'Add legalBasis in Finnish, Swedish and English, or choose profile: seed.',
    },
  },
  'role.twice': {
    message: {
      fi: 'Rooli {role} on kuvattu kahteen kertaan.',
      sv: 'Rollen {role} har beskrivits två gånger.',
      en: 'The role {role} is described twice.',
    },
    remedy: { fi: 'Poista toinen kuvaus.', sv: 'Ta bort den ena beskrivningen.', en: 'Remove one of the two.' },
  },
  'role.duty-missing': {
    message: {
      fi: 'Asiantuntijalta (EXPERT) puuttuu työtehtävä, joka rajaa käyttötarkoitukset.',
      sv: 'Den sakkunniga (EXPERT) saknar en arbetsuppgift som begränsar ändamålen.',
      en: 'The expert (EXPERT) lacks the duty that bounds the purposes.',
    },
    remedy: {
      fi: 'Lisää duty: QUALITY tai TRAINING.',
      sv: 'Lägg till duty: QUALITY eller TRAINING.',
      en: 'Add duty: QUALITY or TRAINING.',
    },
  },
  'role.duty-extra': {
    message: {
      fi: 'Vain asiantuntijalla (EXPERT) on työtehtävä.',
      sv: 'Bara en sakkunnig (EXPERT) har en arbetsuppgift.',
      en: 'Only an expert (EXPERT) has a duty.',
    },
    remedy: { fi: 'Poista duty.', sv: 'Ta bort duty.', en: 'Remove duty.' },
  },
  'role.scope-too-wide': {
    message: {
      fi: 'Roolin {role} käyttöoikeus ei voi ulottua näin laajalle.',
      sv: 'Rollen {role} kan inte ha så vid åtkomst.',
      en: 'The role {role} cannot reach that far.',
    },
    remedy: {
      fi: 'Laajin sallittu arvo on {scope}.',
      sv: 'Det vidaste tillåtna värdet är {scope}.',
      en: 'The widest value allowed is {scope}.',
    },
  },
  'role.purpose-too-wide': {
    message: {
      fi: 'Rooli {role} ei saa käyttää rekisteriä tarkoitukseen {purpose}.',
      sv: 'Rollen {role} får inte använda registret för ändamålet {purpose}.',
      en: 'The role {role} may not use the register for {purpose}.',
    },
    remedy: {
      fi: 'Poista käyttötarkoitus roolilta. Sallitut: {allowed}.',
      sv: 'Ta bort ändamålet från rollen. Tillåtna: {allowed}.',
      en: 'Remove the purpose from the role. Allowed: {allowed}.',
    },
  },
  'role.purpose-not-described': {
    message: {
      fi: 'Käyttötarkoitus {purpose} ei ole selosteen luettelossa.',
      sv: 'Ändamålet {purpose} finns inte i beskrivningens förteckning.',
      en: 'The purpose {purpose} is not on the description’s list.',
    },
    remedy: {
      fi: 'Lisää se kohtaan purposes, tai poista se roolilta.',
      sv: 'Lägg till det under purposes, eller ta bort det från rollen.',
      en: 'Add it to purposes, or remove it from the role.',
    },
  },
  'role.purpose-twice': {
    message: {
      fi: 'Rooli {role} saa käyttötarkoituksen {purpose} kahteen kertaan.',
      sv: 'Rollen {role} ges ändamålet {purpose} två gånger.',
      en: 'The role {role} is given the purpose {purpose} twice.',
    },
    remedy: { fi: 'Poista toinen.', sv: 'Ta bort det ena.', en: 'Remove one of them.' },
  },
  'role.reference-missing': {
    message: {
      fi: 'Tähän tarkoitukseen {purpose} katsotaan vain viitteen nojalla.',
      sv: 'För ändamålet {purpose} tittar man bara med stöd av en referens.',
      en: 'For {purpose} nobody looks without a reference.',
    },
    remedy: {
      fi: 'Lisää reference: {reference}.',
      sv: 'Lägg till reference: {reference}.',
      en: 'Add reference: {reference}.',
    },
  },
  'role.decision-maker-missing': {
    message: {
      fi: 'Rekisterinpitäjän päätöksentekijä (DECISION_MAKER) puuttuu: kukaan ei voisi hyväksyä seuraavaa versiota.',
      sv: 'Den personuppgiftsansvariges beslutsfattare (DECISION_MAKER) saknas: ingen kunde godkänna nästa version.',
      en: 'The controller’s decision maker (DECISION_MAKER) is missing: nobody could approve the next version.',
    },
    remedy: { fi: 'Lisää rooli takaisin.', sv: 'Lägg till rollen igen.', en: 'Put the role back.' },
  },
  'role.access-approver-missing': {
    message: {
      fi: 'Käyttövaltuuksien hyväksyjä (ACCESS_APPROVER) puuttuu: kenellekään ei voisi myöntää käyttöoikeuksia.',
      sv: 'Godkännaren av användarbehörigheter (ACCESS_APPROVER) saknas: inga rättigheter kunde beviljas.',
      en: 'The access-rights approver (ACCESS_APPROVER) is missing: no rights could be granted to anybody.',
    },
    remedy: { fi: 'Lisää rooli takaisin.', sv: 'Lägg till rollen igen.', en: 'Put the role back.' },
  },
  'role.drafter-missing': {
    message: {
      fi: 'Kukaan ei voisi laatia seuraavaa versiota.',
      sv: 'Ingen kunde upprätta nästa version.',
      en: 'Nobody could draft the next version.',
    },
    remedy: {
      fi: 'Pidä rooleissa pääkäyttäjä (ADMINISTRATOR) tai laadun asiantuntija (EXPERT, duty QUALITY).',
      sv: 'Behåll huvudanvändaren (ADMINISTRATOR) eller den sakkunniga för kvalitet (EXPERT, duty QUALITY).',
      en: 'Keep the administrator (ADMINISTRATOR) or the expert for quality (EXPERT, duty QUALITY).',
    },
  },
} as const satisfies Record<string, ProblemText>
