/**
 * Engines for copies by level (R33, L30). Levels N and D need a passing evaluation record of the engine's version; level T, in
 * which no voice remains, does not.
 */
import { demandsOf, passingRecord, type EvaluationRecord } from '../voice/evaluation-record.ts'
import { levels, type Level, type Track, type TranscriptEngine } from '../voice/engine.ts'
import type { OfferedLevel } from './copy-lacks.ts'

/** An engine of level N or D. */
export interface Revoicing {
  name: string
  version: string
  level: 'N' | 'D'
  /** SHA-256, hexadecimal, of the sources and models to which its record applies. */
  sources: string
  /** Re-speaks a track with one voice that is drawn for it. */
  revoice: (track: Track) => Promise<Int16Array>
}

export interface EvaluationFigures {
  /** Day, ISO 8601. */
  date: string
  figures: { name: string; value: number; demanded?: number }[]
}

export type LevelEngine = (TranscriptEngine | Revoicing) & { evaluation?: EvaluationFigures }

export interface VoiceEngines {
  /** Returns the usable engine of a level, or why there is none. */
  engineFor: (level: Level) => LevelEngine | 'no-engine' | 'no-evaluation'
}

export function registerEngines(
  engines: { transcript: TranscriptEngine; revoicing: readonly Revoicing[] },
  records: readonly EvaluationRecord[],
): VoiceEngines {
  return {
    engineFor(level) {
      if (level === 'T') return engines.transcript
      const ofLevel = engines.revoicing.filter((one) => one.level === level)
      if (ofLevel.length === 0) return 'no-engine'
      for (const engine of ofLevel) {
        const record = passingRecord(records, engine)
        if (typeof record !== 'string') return { ...engine, evaluation: figuresOf(record) }
      }
      return 'no-evaluation'
    },
  }
}

/** Returns the offered levels, depending on whether the description allows pseudonymised copies (C7). */
export function offeredLevels(engines: VoiceEngines, isPseudonymisedAllowed: boolean): OfferedLevel[] {
  return levels.map((level) => {
    const engine = engines.engineFor(level)
    if (level === 'D' && !isPseudonymisedAllowed) return { level, isOffered: false, why: 'not-in-description' }
    if (typeof engine === 'string') return { level, isOffered: false, why: engine }
    return { level, engine: `${engine.name} ${engine.version}`, isOffered: true }
  })
}

/** Returns the figures, those for several recordings of one person first, which matter most. */
function figuresOf({ day, level, figures }: EvaluationRecord): EvaluationFigures {
  return {
    date: day,
    figures: Object.entries(figures)
      .sort(pooledFirst)
      .map(([name, value]) => {
        const demand = demandsOf[level].find(({ figure }) => figure === name)
        const demanded = demand?.atLeast ?? demand?.atMost
        return { name, value, ...(demanded !== undefined && { demanded }) }
      }),
  }
}

function pooledFirst([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return Number(other.startsWith('pooled-five.')) - Number(one.startsWith('pooled-five.'))
}
