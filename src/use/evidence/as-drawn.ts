import { sql } from 'kysely'
import { askOne } from './ask-one.ts'
import type { Check } from './promise.ts'
import { wordsAt } from './words.ts'

type DrawFacts = {
  judged: number
  drawn: number
  /** Recordings of calls that were not drawn, and draws that their share does not bear out. */
  wrong: number
  example: string | null
}

/** R14. */
export const recordingAsDrawn: Check<DrawFacts> = {
  rule: 'No recording exists of a segment that was not drawn, and every stored draw is below its rule’s share exactly where it was to be recorded.',
  test: { file: 'src/description/decide-recording.test.ts', title: 'drawn' },
  remedy:
    'The example is the id of a segment. Its decision can be made again from the version, the rule and the draw key: find out which process decided otherwise.',
  async check({ db }) {
    const row = await askOne(
      db as never,
      sql<{ judged: number; drawn: number; wrong: string[] }>`
        select count(*) as judged, count(*) filter (where s.decision_record) as drawn,
          coalesce(array_agg(s.id::text) filter (where s.decision_record and s.draw >= s.rule_share), '{}') as wrong
        from segment s where s.decision_record`,
    )
    return {
      holds: row.wrong.length === 0,
      facts: { judged: row.judged, drawn: row.drawn, wrong: row.wrong.length, example: row.wrong[0] ?? null },
    }
  },
  say(facts, now) {
    const { fi, sv, en } = wordsAt(now)
    return {
      fi: `Tallennetaan arvotut puhelut: ${fi.count(facts.judged, 'ratkaisu', 'ratkaisua')} tarkistettu, ${fi.number(facts.drawn)} arvottu tallennettavaksi, poikkeavia ${fi.number(facts.wrong)}.`,
      sv: `De samtal som lottats spelas in: ${sv.count(facts.judged, 'beslut', 'beslut')} kontrollerade, ${sv.number(facts.drawn)} lottade för inspelning, ${sv.number(facts.wrong)} avvikande.`,
      en: `Exactly the drawn calls are recorded: ${en.count(facts.judged, 'decision', 'decisions')} verified, ${en.number(facts.drawn)} drawn, ${en.number(facts.wrong)} otherwise.`,
    }
  },
}
