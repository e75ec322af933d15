import type { Language } from '#description/closed-lists.ts'

/** What is said of the evidence to those who are signed in. */
export interface EvidenceWords {
  title: string
  hold: (count: number) => string
  doNotHold: (count: number) => string
  unchecked: (count: number) => string
  unproved: (count: number) => string
  onlyYou: string
  holds: string
  doesNotHold: string
  notChecked: string
  nothingProves: string
  /** For everybody: which sentences nothing checks, and why. */
  uncheckedTitle: string
  uncheckedWhy: string
  setting: string
  law: string
  checkedAt: string
  brokenSince: string
  rule: string
  counts: string
  test: string
  promise: string
}

export const evidenceWords: Record<Language, EvidenceWords> = {
  fi: {
    title: 'Pitääkö seloste paikkansa?',
    hold: (count) => (count === 1 ? '1 lupaus pitää paikkansa.' : `${count} lupausta pitää paikkansa.`),
    doNotHold: (count) => (count === 1 ? '1 lupaus ei pidä paikkaansa.' : `${count} lupausta ei pidä paikkaansa.`),
    unchecked: (count) =>
      count === 1 ? '1 lupausta ei ole vielä tarkistettu.' : `${count} lupausta ei ole vielä tarkistettu.`,
    unproved: (count) =>
      count === 1
        ? 'Yhtä virkettä mikään ei vielä todista.'
        : `${count} virkettä on sellaisia, joita mikään ei vielä todista.`,
    onlyYou: 'Todisteet näkyvät vain kirjautuneille. Ne on laskettu tiedoista, ei asetuksista.',
    holds: 'Pitää paikkansa.',
    doesNotHold: 'Ei pidä paikkaansa.',
    notChecked: 'Ei ole vielä tarkistettu.',
    nothingProves: 'Mikään ei vielä todista tätä: järjestelmä ei tarkista sitä.',
    uncheckedTitle: 'Mitä järjestelmä ei voi tarkistaa',
    uncheckedWhy:
      'Nämä virkkeet koskevat ihmisten toimintaa tai sovittuja menettelyjä. Järjestelmän tiedoista ei näe, toteutuvatko ne.',
    setting: 'Tämä on asetus sellaisenaan.',
    law: 'Tästä säätää laki.',
    checkedAt: 'Tarkistettu viimeksi',
    brokenSince: 'Ei ole pitänyt paikkaansa',
    rule: 'Sääntö',
    counts: 'Luvut',
    test: 'Testi, joka muuten epäonnistuisi',
    promise: 'Lupauksen tunnus',
  },
  sv: {
    title: 'Stämmer beskrivningen?',
    hold: (count) => (count === 1 ? '1 löfte hålls.' : `${count} löften hålls.`),
    doNotHold: (count) => (count === 1 ? '1 löfte hålls inte.' : `${count} löften hålls inte.`),
    unchecked: (count) =>
      count === 1 ? '1 löfte har ännu inte kontrollerats.' : `${count} löften har ännu inte kontrollerats.`,
    unproved: (count) =>
      count === 1 ? 'En mening bevisas ännu inte av något.' : `${count} meningar bevisas ännu inte av något.`,
    onlyYou: 'Bevisen visas bara för inloggade. De är räknade på uppgifterna, inte på inställningarna.',
    holds: 'Stämmer.',
    doesNotHold: 'Stämmer inte.',
    notChecked: 'Har ännu inte kontrollerats.',
    nothingProves: 'Ingenting bevisar detta ännu: systemet kontrollerar det inte.',
    uncheckedTitle: 'Vad systemet inte kan kontrollera',
    uncheckedWhy:
      'Dessa meningar gäller hur människor handlar eller vad som har avtalats. Av systemets uppgifter framgår inte om de följs.',
    setting: 'Detta är en inställning som sådan.',
    law: 'Detta bestäms i lag.',
    checkedAt: 'Senast kontrollerat',
    brokenSince: 'Har inte stämt sedan',
    rule: 'Regel',
    counts: 'Antal',
    test: 'Test som annars skulle misslyckas',
    promise: 'Löftets beteckning',
  },
  en: {
    title: 'Does the description hold?',
    hold: (count) => (count === 1 ? '1 promise holds.' : `${count} promises hold.`),
    doNotHold: (count) => (count === 1 ? '1 promise does not hold.' : `${count} promises do not hold.`),
    unchecked: (count) =>
      count === 1 ? '1 promise has not been checked yet.' : `${count} promises have not been checked yet.`,
    unproved: (count) =>
      count === 1 ? 'Nothing proves one of the sentences yet.' : `Nothing proves ${count} of the sentences yet.`,
    onlyYou:
      'The evidence is shown only to those who are signed in. It is counted from the data, not from the configuration.',
    holds: 'Holds.',
    doesNotHold: 'Does not hold.',
    notChecked: 'Not checked yet.',
    nothingProves: 'Nothing proves this yet: the system does not check it.',
    uncheckedTitle: 'What the system cannot check',
    uncheckedWhy:
      'These sentences are about what people do or what has been agreed. The system’s data do not show whether they are kept.',
    setting: 'This is a setting as it stands.',
    law: 'This is laid down by law.',
    checkedAt: 'Last checked',
    brokenSince: 'Has not held since',
    rule: 'Rule',
    counts: 'Counts',
    test: 'The test that would fail otherwise',
    promise: 'Name of the promise',
  },
}
