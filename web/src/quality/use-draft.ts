/**
 * Answers of an evaluator, autosaved on the server. Answers that the server refuses stay on the screen, and answers saved in
 * another window are not overwritten without asking.
 */
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import type { Answers, Evaluation, MomentComment, Score } from './quality-shapes.ts'

export interface Work {
  answers: Answers
  comments: MomentComment[]
  note: string
}

/** `conflict`: saved elsewhere meanwhile. `refused`: it can no longer be saved. */
export type Saving = 'saved' | 'waiting' | 'saving' | 'failed' | 'conflict' | 'refused'

const saveDelayMs = 500
const retryMs = 5_000

export function useDraft(evaluation: Evaluation) {
  const initial: Work = { answers: evaluation.answers, comments: evaluation.comments, note: evaluation.note }
  const [work, setWork] = useState(initial)
  const [saving, setSaving] = useState<Saving>('saved')
  const [error, setError] = useState<unknown>()
  const [score, setScore] = useState<Score | undefined>(evaluation.score)
  const [savedAt, setSavedAt] = useState<string | undefined>(evaluation.savedAt)
  const revision = useRef(evaluation.revision)
  const latest = useRef(initial)
  const isDirty = useRef(false)
  const savedScore = useRef(evaluation.score)
  const running = useRef<Promise<boolean>>(undefined)

  /** Saves until nothing is unsaved; false if saving failed. */
  const flush = (): Promise<boolean> => {
    running.current ??= saveAll().finally(() => (running.current = undefined))
    return running.current
  }
  const saveAll = async (): Promise<boolean> => {
    while (isDirty.current) {
      isDirty.current = false
      setSaving('saving')
      const answer = await api
        .PUT('/api/quality/evaluations/{id}', {
          params: { path: { id: evaluation.id } },
          body: { revision: revision.current, ...latest.current },
        })
        .catch((failure: unknown) => ({ data: undefined, error: failure }))
      if (!answer.data) {
        isDirty.current = true
        setError(answer.error)
        setSaving(savingAfter(answer.error))
        return false
      }
      revision.current = answer.data.revision
      savedScore.current = answer.data.score
      setScore(answer.data.score)
      setSavedAt(new Date().toISOString())
    }
    setError(undefined)
    setSaving('saved')
    return true
  }

  const edit = (changed: Partial<Work>) => {
    latest.current = { ...latest.current, ...changed }
    isDirty.current = true
    setWork(latest.current)
    if (saving !== 'conflict' && saving !== 'refused') setSaving('waiting')
  }

  const save = useEffectEvent(() => void flush())
  useEffect(() => {
    if (saving !== 'waiting' && saving !== 'failed') return
    const timer = window.setTimeout(save, saving === 'waiting' ? saveDelayMs : retryMs)
    return () => window.clearTimeout(timer)
  }, [saving, work])

  useEffect(() => {
    const confirmLeaving = (event: BeforeUnloadEvent) => {
      if (isDirty.current) event.preventDefault()
    }
    window.addEventListener('beforeunload', confirmLeaving)
    return () => {
      window.removeEventListener('beforeunload', confirmLeaving)
      save()
    }
  }, [])

  /** After a conflict: keeps the answers on the screen and overwrites the saved ones. */
  const keepMine = (stored: Evaluation) => {
    revision.current = stored.revision
    isDirty.current = true
    setSaving('waiting')
  }
  /** After a conflict: replaces the answers on the screen by the saved ones. */
  const takeStored = (stored: Evaluation) => {
    revision.current = stored.revision
    latest.current = { answers: stored.answers, comments: stored.comments, note: stored.note }
    isDirty.current = false
    setWork(latest.current)
    savedScore.current = stored.score
    setScore(stored.score)
    setError(undefined)
    setSaving('saved')
  }
  return {
    work,
    saving,
    error,
    score,
    savedAt,
    edit,
    flush,
    keepMine,
    takeStored,
    revision: () => revision.current,
    savedScore: () => savedScore.current,
  }
}
export type EvaluationDraft = ReturnType<typeof useDraft>

function savingAfter(error: unknown): Saving {
  const key = refusalKey(error)
  if (key === 'quality.changed-meanwhile') return 'conflict'
  // The text can be corrected: the next change saves it.
  if (key === 'no-answer' || key === 'unavailable' || key === 'other' || key === 'input.identity-code') return 'failed'
  return 'refused'
}
