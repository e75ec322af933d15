import { capital } from './agency.ts'
import { monthsKept, type Grounds } from './grounds.ts'
import type { SeedHeadings, SeedLabels, SeedTexts } from './seed-words.ts'
import { joined } from './joined.ts'

export const seedHeadingsFi: SeedHeadings = {
  general: 'YLEISTÄ',
  data: 'REKISTERÖITYJEN RYHMÄT JA REKISTERIN TIETOSISÄLTÖ',
  storage: 'KONTAKTIHISTORIAN JA TALLENTEIDEN SÄILYTYS JA SUOJAAMINEN',
  disclosure: 'TALLENTEIDEN JA TUNNISTETIETOJEN LUOVUTUS',
  access: 'KÄYTTÖOIKEUDET',
  rights: 'SOITTAVAN ASIAKKAAN JA VIRKAILIJAN TARKASTUSOIKEUS',
}

export const seedLabelsFi: SeedLabels = {
  register: 'REKISTERI',
  controller: 'REKISTERINPITÄJÄ',
  visitingAddress: 'Käyntiosoite',
  switchboard: 'Puhelinvaihde',
  purposes: 'TIETOJEN KÄSITTELYN TARKOITUS',
  dataSubjects: 'REKISTERÖIDYT',
  content: 'REKISTERIN SISÄLTÖ',
}

/** The source's own words, where its grounds hold; requirements 1.1 has them by number. */
export function seedTextsFi(grounds: Grounds): SeedTexts {
  const { agency, numbers, has, uses, description } = grounds
  const { terms, disclosure } = description
  const several = grounds.servers > 1
  const toSwitchboard = numbers.switchboard ? ' ja puhelunvälitykseen' : ''
  return {
    S4: 'Puhelinpalvelun kontaktihistoriaa ja puhelutallenteita käytetään ensi sijassa asiakaspalvelun kehittämiseen.',
    S5: developing(uses('TRAINING'), uses('SERVICE_LEVEL_STUDY')),
    S6: crime(grounds),
    S7: `${agency.adessive} on asiakaspalvelua varten ${numbersThereAre(numbers)}.`,
    S8: `Puheluihin vastaa ${agency.genitive} asiakaspalvelutehtäviä hoitava henkilöstö.`,
    S9: `Puhelujen tunnistetiedot tallentuvat ${agency.genitive} käytössä olevan puhelujen ohjaus ja seurantajärjestelmän kontaktihistoriaan.`,
    S10: grounds.records
      ? 'Tallennamme osan asiakaspuheluistamme, jotta voimme varmistaa ja kehittää asiakaspalvelumme laatua.'
      : undefined,
    S11: `Palvelunumeroihin${toSwitchboard} soittavat asiakkaat ja niihin vastaavat virkailijat`,
    S12: 'Puheluista rekisteröityvät seuraavat tunnistetiedot:',
    fields: {
      CALL_START_AND_END: 'Puhelun aloitus- ja lopetusaika',
      CALLER_NUMBER: 'Soittajan numero',
      SERVICE_NUMBER: 'Palvelunumero, johon on soitettu',
      OFFICIAL_NAME_AND_NUMBER: 'Virkailijan nimi ja puhelinnumero',
    },
    S13: grounds.records
      ? 'Palvelunumeroihin soitetuista puheluista osa tallennetaan.'
      : 'Puheluita ei tällä hetkellä tallenneta.',
    S14: 'Tallentaminen tapahtuu ennalta määritellyllä tavalla.',
    S15: 'Ensisijaisesta käyttötarkoituksesta johtuen tarpeellista ei ole kaikkien puhelujen tallentaminen.',
    S16: 'Tallentaminen alkaa puhelun aloitusmerkistä, ja päättyy lopettamismerkkiin.',
    S17: `Kontaktihistoria ja tallenteet säilytetään ${agency.genitive} käytössä ${several ? 'olevilla palvelimilla' : 'olevalla palvelimella'}.`,
    S18: several
      ? 'Palvelimet sijaitsevat tiloissa, joissa on käytössä elektroninen kulunvalvontajärjestelmä.'
      : 'Palvelin sijaitsee tilassa, jossa on käytössä elektroninen kulunvalvontajärjestelmä.',
    S19: 'Kontaktihistoriaan ja tallennejärjestelmään pääsyä valvotaan henkilökohtaisen käyttäjätunnuksen ja salasanan avulla.',
    S20: `Kontaktihistorian tunnistetietoja säilytetään ${months(terms.historyMonths)}.`,
    S21: `Puhelutallenteita säilytetään vähintään ${terms.recordingFloorMonths} ja enintään ${months(terms.recordingCeilingMonths)}`,
    now: keptNow(grounds),
    S22: `Tallenteet ovat ${agency.genitive} omaisuutta, eikä niitä luovuteta ${agency.genitive} ulkopuolelle eikä käytetä ${agency.inessive} muihin käyttötarkoituksiin.`,
    ...(disclosure.research && {
      S23: `Poikkeuksena tästä ${agency.name} voi tilapäisesti luovuttaa valitsemiaan tallenteita tutkimuslaitokselle asiakaspalvelun laatutason arvioimiseksi.`,
      S24: 'Tällöin tutkimuslaitoksen tulee sitoutua siihen, että tutkimuksessa käytetyt tallenteet joko palautetaan tai tuhotaan välittömästi tutkimuksen päätyttyä.',
      S25: disclosure.pseudonymised
        ? 'Laatutason arviointia varten tarkoitetut tallenteet on anonymisoitu siten, etteivät puhelun osapuolet (henkilöt) ole niistä tunnistettavissa, tai pseudonymisoitu siten, että osapuolten äänet on muutettu ja puheesta on poistettu yksilöivät tiedot; pseudonymisoidusta tallenteesta voi silti vielä tunnistaa puhujan äänestä, ja tutkimuslaitos on sitoutunut käsittelemään pseudonymisoituja tallenteita henkilötietoina ja olemaan tunnistamatta ketään.'
        : 'Laatutason arviointia varten tarkoitetut tallenteet on anonymisoitu siten, etteivät puhelun osapuolet (henkilöt) ole niistä tunnistettavissa.',
    }),
    ...(disclosure.authority && {
      S26: 'Rikoksen tai väärinkäytöksen estämiseksi tai selvittämiseksi rekisterinpitäjä voi luovuttaa tallenteita ja tunnistetietoja poliisille tai muulle toimivaltaiselle viranomaiselle laissa mainituissa tilanteissa.',
    }),
    S27: rightsGranted(grounds),
    S28: has('OFFICIAL')
      ? 'Asiakaspalvelijoiden käyttöoikeudet on rajattu koskemaan vain heidän omia puheluitaan.'
      : undefined,
    S29: alsoListen(has('MAINTENANCE'), has('SECURITY'), agency.genitive),
    S30: 'Soittavalla asiakkaalla on oikeus tietää, onko hänen soittamansa puhelu tallennettu ja kuunnella tallennettu puhelu.',
    S31: `Jos asiakas haluaa tarkastaa oman puhelunsa tallenteen tai puhelunsa kontaktihistorian, pyydetään häntä ottamaan yhteys ${agency.genitive} ${agency.toUnit}.`,
    S32: `Kuuntelu tapahtuu ${agency.genitive} erikseen sovitussa toimipisteessä.`,
    S33: 'Vastaava oikeus on myös puheluun vastanneella virkailijalla.',
    S34: 'Soittava asiakas tai virkailija voi halutessaan kieltää tallenteen käytön asiakaspalvelun kehittämiseen.',
    S35: 'Tällöin tallenne tuhotaan.',
  }
}

function developing(training: boolean, study: boolean): string | undefined {
  const ways = [training && 'asiakaspalveluhenkilöstön koulutuksessa', study && 'palvelutasotutkimuksissa']
  const said = joined(ways, 'ja')
  return said && `Asiakaspalvelun kehittämiseksi tallenteita voidaan käyttää ${said}.`
}

function crime({ uses, dataSetsOf, description }: Grounds): string | undefined {
  if (!uses('CRIME_OR_MISUSE')) return undefined
  const sets = dataSetsOf('CRIME_OR_MISUSE')
  const what = joined(
    [sets.includes('history') && 'kontaktihistoriaa', sets.includes('recordings') && 'tallenteita'],
    'ja',
  )
  const how = description.disclosure.authority
    ? ' siten kuin jäljempänä kohdassa tallenteiden ja tunnistetietojen luovutus kerrotaan'
    : ''
  return (
    what && `${capital(what)} voidaan käyttää myös rikoksen tai väärinkäytön estämiseksi tai selvittämiseksi${how}.`
  )
}

export function numbersThereAre({ national, regional, switchboard }: Grounds['numbers']): string {
  const service = joined([national && 'valtakunnallisia', regional && 'alueellisia'], 'ja')
  return (
    joined([service && `${service} palvelunumeroita`, switchboard && 'puhelunvälityksen kutsunumeroja'], 'sekä') ?? ''
  )
}

export function months(count: number): string {
  return count === 1 ? 'yhden kuukauden' : `${count} kuukautta`
}

/** Said where rules keep recordings shorter than the ceiling (AC1). */
export function keptNow(grounds: Grounds): SeedTexts['now'] {
  const { terms } = grounds.description
  const now = monthsKept(grounds)
  if (now.every((value) => value === terms.recordingCeilingMonths)) return undefined
  const span = `Tallenteiden säilytysaika on ${terms.recordingFloorMonths}–${months(terms.recordingCeilingMonths)}`
  if (now.length === 1) return { lead: `${span}, nyt ${months(now[0] ?? 0)}.`, items: [] }
  return {
    lead: `${span}, nyt:`,
    items: grounds.kept.map((rule) => `${rule.names.fi}: ${months(rule.months)}`),
  }
}

function rightsGranted({ agency, has }: Grounds): string | undefined {
  const duties = joined(
    [
      has('EXPERT', 'QUALITY') && 'asiakaspalvelun laadun arviointi ja kehittäminen',
      has('EXPERT', 'TRAINING') && 'asiakaspalvelijoiden perehdyttäminen ja koulutus',
    ],
    'tai',
  )
  const whom = joined(
    [
      has('SUPERVISOR') && 'asiakaspalvelijoiden esimiehille',
      duties && `niille ${agency.genitive} asiantuntijoille, joiden työtehtäviin kuuluu ${duties}`,
    ],
    'ja',
  )
  return (
    whom &&
    `Oikeudet puhelujen ohjaus ja seurantajärjestelmän käyttöön myönnetään ${agency.genitive} tietojärjestelmien käyttövaltuusmenettelyn mukaisella tavalla ${whom}.`
  )
}

function alsoListen(maintenance: boolean, security: boolean, genitive: string): string | undefined {
  const who = joined(
    [
      maintenance && 'järjestelmän teknisestä ylläpidosta vastaavat henkilöt',
      security && `${genitive} turvallisuusyksikön henkilöt`,
    ],
    'sekä',
  )
  return who && `${capital(who)} voivat myös kuunnella tallenteita ja lukea kontaktihistoriaa.`
}
