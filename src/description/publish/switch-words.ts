import type { Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import type { Sentence } from './published-document.ts'

/** What a description says beyond the seed where a switch is on, by the conflict that the switch answers (C numbers). */
type Switched = 'C1-copy' | 'C3' | 'C11' | 'C12'

const texts: Record<Language, Record<Switched, string>> = {
  fi: {
    'C1-copy':
      'Tallenteesta annetaan pyynnöstä jäljennös, joka on salattu pyytäjälle (tietosuoja-asetuksen 15 artiklan 3 kohta).',
    C3: 'Jos tarkastuspyyntö on auki, kun tallenteen säilytysaika päättyy, tallenne säilytetään rajoitettuna vain tätä pyyntöä varten enintään kolme kuukautta.',
    C11: 'Pyyntö saada viranomaisen asiakirja ratkaistaan viranomaisten toiminnan julkisuudesta annetun lain (621/1999) mukaan; päätökseen voi hakea muutosta.',
    C12: 'Myös henkilöllä, josta puhelussa puhutaan, on oikeus saada pääsy itseään koskeviin tietoihin.',
  },
  sv: {
    'C1-copy':
      'På begäran ges en kopia av inspelningen, krypterad för den som begär den (artikel 15.3 i dataskyddsförordningen).',
    C3: 'Om en begäran om insyn är öppen när inspelningens lagringstid går ut, lagras inspelningen begränsad enbart för denna begäran i högst tre månader.',
    C11: 'En begäran om att få en myndighetshandling avgörs enligt lagen om offentlighet i myndigheternas verksamhet (621/1999); beslutet får överklagas.',
    C12: 'Också den som nämns i ett samtal har rätt att få tillgång till uppgifter om sig själv.',
  },
  en: {
    'C1-copy':
      'On request, a copy of the recording is given, encrypted for the person who asks (Article 15(3) of the General Data Protection Regulation).',
    C3: 'If a request for inspection is open when the retention period of a recording ends, the recording is kept, restricted to that request alone, for at most three months.',
    C11: 'A request for an official document is decided under the Act on the Openness of Government Activities (621/1999); the decision may be appealed.',
    C12: 'A person who is spoken of in a call also has the right of access to data about themselves.',
  },
}

/** The sentences of the switches that are on, in either profile. */
export function switchedOn({ switches }: Pick<RegisterDescription, 'switches'>, language: Language): Sentence[] {
  const on: Record<Switched, boolean> = {
    'C1-copy': switches.accessCopy,
    C3: switches.holdForInspection,
    C11: switches.julklRequests,
    C12: switches.mentionedPersons,
  }
  return (
    (Object.keys(on) as Switched[])
      .filter((id) => on[id])
      // An office and people stand behind these: nothing on the data proves them.
      .map((id) => ({ id, text: texts[language][id], promises: [] }))
  )
}
