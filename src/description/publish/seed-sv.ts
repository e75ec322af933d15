import { capital } from './agency.ts'
import { monthsKept, type Grounds } from './grounds.ts'
import { joined } from './joined.ts'
import type { SeedHeadings, SeedLabels, SeedTexts } from './seed-words.ts'

export const seedHeadingsSv: SeedHeadings = {
  general: 'ALLMÄNT',
  data: 'GRUPPER AV REGISTRERADE OCH REGISTRETS DATAINNEHÅLL',
  storage: 'FÖRVARING OCH SKYDD AV KONTAKTHISTORIAN OCH INSPELNINGARNA',
  disclosure: 'UTLÄMNANDE AV INSPELNINGAR OCH IDENTIFIERINGSUPPGIFTER',
  access: 'ÅTKOMSTRÄTTIGHETER',
  rights: 'RÄTT TILL INSYN FÖR DEN KUND SOM RINGER OCH FÖR TJÄNSTEMANNEN',
}

export const seedLabelsSv: SeedLabels = {
  register: 'REGISTER',
  controller: 'REGISTERANSVARIG',
  visitingAddress: 'Besöksadress',
  switchboard: 'Telefonväxel',
  purposes: 'ÄNDAMÅLET MED BEHANDLINGEN AV UPPGIFTER',
  dataSubjects: 'REGISTRERADE',
  content: 'REGISTRETS INNEHÅLL',
}

/** The words of the agency's own Swedish description of the same register, where it has the sentence. */
export function seedTextsSv(grounds: Grounds): SeedTexts {
  const { agency, numbers, has, uses, description } = grounds
  const { terms, disclosure } = description
  const several = grounds.servers > 1
  return {
    S4: 'Telefontjänstens kontakthistoria och samtalsinspelningar används i första hand för att utveckla kundservicen.',
    S5: developing(uses('TRAINING'), uses('SERVICE_LEVEL_STUDY')),
    S6: crime(grounds),
    S7: `${agency.name} har för kundservicen ${numbersThereAreSv(numbers)}.`,
    S8: `Samtalen besvaras av ${agency.genitive} personal som sköter kundserviceuppgifter.`,
    S9: `Samtalens identifieringsuppgifter sparas i kontakthistorian i det system för styrning och uppföljning av samtal som ${agency.name} förfogar över.`,
    S10: grounds.records
      ? 'Vi spelar in en del av våra kundsamtal för att kunna säkerställa och utveckla kvaliteten på vår kundservice.'
      : undefined,
    S11: `Kunder som ringer till servicenumren${numbers.switchboard ? ' och telefonväxeln' : ''} samt de tjänstemän som besvarar samtalen`,
    S12: 'Följande identifieringsuppgifter om samtalen registreras:',
    fields: {
      CALL_START_AND_END: 'Tiden för samtalets början och slut',
      CALLER_NUMBER: 'Uppringarens nummer',
      SERVICE_NUMBER: 'Servicenumret som kunden ringt',
      OFFICIAL_NAME_AND_NUMBER: 'Tjänstemannens namn och telefonnummer',
    },
    S13: grounds.records ? 'En del av samtalen till servicenumren spelas in.' : 'För närvarande spelas inga samtal in.',
    S14: 'Inspelningen sker på ett på förhand bestämt sätt.',
    S15: 'På grund av det primära användningsändamålet är det inte nödvändigt att spela in alla samtal.',
    S16: 'Inspelningen börjar vid samtalets startsignal och slutar vid slutsignalen.',
    S17: `Kontakthistorian och inspelningarna förvaras på ${several ? 'servrar' : 'en server'} som ${agency.name} förfogar över.`,
    S18: several
      ? 'Servrarna finns i utrymmen med elektronisk passagekontroll.'
      : 'Servern finns i ett utrymme med elektronisk passagekontroll.',
    S19: 'Åtkomsten till kontakthistorian och inspelningssystemet övervakas med hjälp av personligt användarnamn och lösenord.',
    S20: `Kontakthistorians identifieringsuppgifter förvaras i ${monthsSv(terms.historyMonths)}.`,
    S21: `Samtalsinspelningarna förvaras i minst ${terms.recordingFloorMonths} och högst ${monthsSv(terms.recordingCeilingMonths)}.`,
    now: keptNowSv(grounds),
    S22: `Inspelningarna är ${agency.genitive} egendom; de lämnas inte ut utanför ${agency.name} och används inte inom ${agency.name} för andra ändamål.`,
    ...(disclosure.research && {
      S23: `Som undantag från detta kan ${agency.name} tillfälligt lämna ut inspelningar som ${agency.name} valt till ett forskningsinstitut för bedömning av kundservicens kvalitetsnivå.`,
      S24: 'Forskningsinstitutet ska då förbinda sig till att de inspelningar som använts i undersökningen antingen återlämnas eller förstörs omedelbart när undersökningen har avslutats.',
      S25: disclosure.pseudonymised
        ? 'Inspelningar som är avsedda för bedömning av kvalitetsnivån har anonymiserats så att samtalets parter (personer) inte kan identifieras, eller pseudonymiserats så att parternas röster har förändrats och identifierande uppgifter har tagits bort ur det som sägs; talaren kan ändå ännu kännas igen på rösten i en pseudonymiserad inspelning, och forskningsinstitutet har förbundit sig att behandla pseudonymiserade inspelningar som personuppgifter och att inte identifiera någon.'
        : 'Inspelningar som är avsedda för bedömning av kvalitetsnivån har anonymiserats så att samtalets parter (personer) inte kan identifieras.',
    }),
    ...(disclosure.authority && {
      S26: 'För att förhindra eller utreda brott eller missbruk kan den registeransvarige lämna ut inspelningar och identifieringsuppgifter till polisen eller någon annan behörig myndighet i de situationer som anges i lag.',
    }),
    S27: rightsGranted(grounds),
    S28: has('OFFICIAL')
      ? 'Kundrådgivarnas åtkomsträttigheter är begränsade till att gälla endast deras egna samtal.'
      : undefined,
    S29: alsoListen(has('MAINTENANCE'), has('SECURITY'), agency.genitive),
    S30: 'Den kund som ringer har rätt att få veta om samtalet har spelats in och att lyssna på det inspelade samtalet.',
    S31: `Om kunden vill granska inspelningen av sitt samtal eller kontakthistorian för det, ombeds kunden kontakta ${agency.toUnit} vid ${agency.name}.`,
    S32: `Lyssnandet sker på ett av ${agency.genitive} verksamhetsställen enligt separat överenskommelse.`,
    S33: 'Motsvarande rätt har också den tjänsteman som besvarat samtalet.',
    S34: 'Kunden eller tjänstemannen kan om de så önskar förbjuda att inspelningen används för att utveckla kundservicen.',
    S35: 'Då förstörs inspelningen.',
  }
}

function developing(training: boolean, study: boolean): string | undefined {
  const said = joined(
    [training && 'i utbildningen av kundservicepersonalen', study && 'i undersökningar av servicenivån'],
    'och',
  )
  return said && `För att utveckla kundservicen kan inspelningarna användas ${said}.`
}

function crime({ uses, dataSetsOf, description }: Grounds): string | undefined {
  if (!uses('CRIME_OR_MISUSE')) return undefined
  const sets = dataSetsOf('CRIME_OR_MISUSE')
  const what = joined(
    [sets.includes('history') && 'kontakthistorian', sets.includes('recordings') && 'inspelningarna'],
    'och',
  )
  const how = description.disclosure.authority
    ? ' på det sätt som anges nedan i punkten om utlämnande av inspelningar och identifieringsuppgifter'
    : ''
  return what && `${capital(what)} kan också användas för att förhindra eller utreda brott eller missbruk${how}.`
}

export function numbersThereAreSv({ national, regional, switchboard }: Grounds['numbers']): string {
  const service = joined([national && 'riksomfattande', regional && 'regionala'], 'och')
  return joined([service && `${service} servicenummer`, switchboard && 'anropsnummer till telefonväxeln'], 'samt') ?? ''
}

export function monthsSv(count: number): string {
  return count === 1 ? 'en månad' : `${count} månader`
}

export function keptNowSv(grounds: Grounds): SeedTexts['now'] {
  const { terms } = grounds.description
  const now = monthsKept(grounds)
  if (now.every((value) => value === terms.recordingCeilingMonths)) return undefined
  const span = `Inspelningarnas lagringstid är ${terms.recordingFloorMonths}–${monthsSv(terms.recordingCeilingMonths)}`
  if (now.length === 1) return { lead: `${span}, nu ${monthsSv(now[0] ?? 0)}.`, items: [] }
  return {
    lead: `${span}, nu:`,
    items: grounds.kept.map((rule) => `${rule.names.sv}: ${monthsSv(rule.months)}`),
  }
}

function rightsGranted({ agency, has }: Grounds): string | undefined {
  const duties = joined(
    [
      has('EXPERT', 'QUALITY') && 'bedömning och utveckling av kundservicens kvalitet',
      has('EXPERT', 'TRAINING') && 'introduktion och utbildning av kundrådgivare',
    ],
    'eller',
  )
  const whom = joined(
    [
      has('SUPERVISOR') && 'kundrådgivarnas chefer',
      duties && `de sakkunniga vid ${agency.name} vars uppgifter omfattar ${duties}`,
    ],
    'och',
  )
  return (
    whom &&
    `Rättigheter att använda systemet för styrning och uppföljning av samtal beviljas enligt behörighetsförfarandet för ${agency.genitive} datasystem till ${whom}.`
  )
}

function alsoListen(maintenance: boolean, security: boolean, genitive: string): string | undefined {
  const who = joined(
    [
      maintenance && 'personer som ansvarar för det tekniska underhållet av systemet',
      security && `personer vid ${genitive} säkerhetsenhet`,
    ],
    'samt',
  )
  return who && `${capital(who)} kan också lyssna på inspelningarna och läsa kontakthistorian.`
}
