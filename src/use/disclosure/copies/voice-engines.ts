/**
 * The engines that may voice a copy, by level, each with its evaluation (R33, L30). In: engines and records. Out: which of them
 * is offered. Never here: an engine whose version has no passing record, but for level T, in which no voice is left.
 */
import { demandsOf, passingRecord, type EvaluationRecord } from '../voice/evaluation-record.ts'
import { levels, type Level, type Track, type TranscriptEngine } from '../voice/engine.ts'
import type { OfferedLevel } from './copy-lacks.ts'

export interface Revoicing {
  name: string
  version: string
  level: 'N' | 'D'
  /** SHA-256, hexadecimal, of its sources and models: its record is of these. */
  sources: string
  /** Draws for itself; one draw for the whole track. */
  revoice: (track: Track) => Promise<Int16Array>
}

export interface EvaluationFigures {
  /** Day, ISO 8601. */
  date: string
  figures: { name: string; value: number; demanded?: number }[]
}

export type LevelEngine = (TranscriptEngine | Revoicing) & { evaluation?: EvaluationFigures }

export interface VoiceEngines {
  /** The engine of a level that may be used; why there is none otherwise. */
  of: (level: Level) => LevelEngine | 'no-engine' | 'no-evaluation'
}

export function registerEngines(
  engines: { transcript: TranscriptEngine; revoicing: readonly Revoicing[] },
  records: readonly EvaluationRecord[],
): VoiceEngines {
  return {
    of(level) {
      if (level === 'T') return engines.transcript
      const those = engines.revoicing.filter((one) => one.level === level)
      if (those.length === 0) return 'no-engine'
      for (const engine of those) {
        const record = passingRecord(records, engine)
        if (typeof record !== 'string') return { ...engine, evaluation: figuresOf(record) }
      }
      return 'no-evaluation'
    },
  }
}

/** Which levels are offered, where the description does or does not allow pseudonymised copies (C7). */
export function offeredLevels(engines: VoiceEngines, isPseudonymisedAllowed: boolean): OfferedLevel[] {
  return levels.map((level) => {
    const engine = engines.of(level)
    if (level === 'D' && !isPseudonymisedAllowed) return { level, isOffered: false, why: 'not-in-description' }
    if (typeof engine === 'string') return { level, isOffered: false, why: engine }
    return { level, engine: `${engine.name} ${engine.version}`, isOffered: true }
  })
}

/** Before all: what is left hidden of several recordings of one person. */
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
