import { useMemo, useRef, useState } from 'react'
import { refusalKey } from '../api/refusal.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Confirm } from '../controls/confirm.tsx'
import type { PlayerHandle } from '../listening/player-frame.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { AnonymisedCopy, TurnLanguage } from './copy-shapes.ts'
import { focusRow } from './focus-row.ts'
import { caretIn, isListed, selectDoubt } from './select-doubt.ts'
import { edited, isUnsaved as hasUnsaved, recordSaved, undone, useStoredWork } from './stored-work.ts'
import { LevelChoice } from './level-choice.tsx'
import { missingOf } from './missing.ts'
import { OriginalSection } from './original-section.tsx'
import { ProposeSection } from './propose-section.tsx'
import { RedactionList } from './redaction-list.tsx'
import { Result } from './result.tsx'
import { SaveWork } from './save-work.tsx'
import { CopyStatePanel } from './copy-state-panel.tsx'
import { TurnList } from './turn-list.tsx'
import { SaveConflict, SaveError } from './save-errors.tsx'
import { usePreparing } from './use-copy.ts'
import { nextDoubt, withProposals, workOf, type Doubt, type Work } from './work.ts'

/** An uncertain word is played with what precedes it. */
const leadMs = 500

/** Workbench of the preparer: plays the original, marks redactions, writes the turns, renders the copy. */
export function Workbench({
  copy,
  personId,
  under,
  readAgain,
}: {
  copy: AnonymisedCopy
  personId: string
  under: UnderPurpose
  readAgain: () => Promise<AnonymisedCopy | undefined>
}) {
  const { t, language } = useLanguage()
  const [stored, update] = useStoredWork(personId, copy)
  const { busyWith, save, propose, recognise, render } = usePreparing(copy.id)
  const original = useRef<PlayerHandle>(null)
  const saveButton = useRef<HTMLButtonElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [failed, setFailed] = useState<unknown>()
  const [isPlaying, setPlaying] = useState<boolean>()
  const [confirming, setConfirming] = useState<'save' | 'render'>()
  const { work, saved, revision } = stored
  const isUnsaved = hasUnsaved(stored)
  const hasConflict = isUnsaved && copy.revision > revision
  const missing = useMemo(() => missingOf(copy.lacks, saved, work), [copy.lacks, saved, work])
  const identifying = useMemo(
    () =>
      new Set(missing.flatMap(({ what, turns }) => (what === 'identifiers-left' ? turns.map(({ key }) => key) : []))),
    [missing],
  )
  // Stable, so that the rows of the lists render only when they change.
  const [{ edit, playFrom, positionMs, showDoubt }] = useState(() => ({
    edit: (change: (now: Work) => Work, act: string) => update((now) => edited(now, change(now.work), act)),
    playFrom: (ms: number) => original.current?.playFrom(ms),
    positionMs: () => original.current?.positionMs() ?? 0,
    showDoubt: (key: number, doubt: Doubt) => {
      selectDoubt(key, doubt)
      original.current?.playFrom(Math.max(0, doubt.fromMs - leadMs))
    },
  }))

  /** Returns the saved revision; undefined if saving failed. */
  const saveNow = async (): Promise<number | undefined> => {
    setFailed(undefined)
    // An invalid time in a row would be saved as the last valid one.
    const wrong = box.current?.querySelector<HTMLElement>('.work-row [aria-invalid=true]')
    if (wrong) {
      wrong.focus()
      return undefined
    }
    if (!isUnsaved) return revision
    const answer = await save(revision, work)
    if ('error' in answer) {
      if (refusalKey(answer.error) === 'anonymised-copy.changed-meanwhile') await readAgain()
      else setFailed(answer.error)
      return undefined
    }
    update((now) => recordSaved(now, work, answer.done.revision))
    announce(t('anonymisation.saved'))
    return answer.done.revision
  }
  const saveAndRead = async () => {
    const now = await saveNow()
    if (now === undefined) return undefined
    return await readAgain()
  }
  const saveAndRender = async () => {
    const now = await saveAndRead()
    if (!now) return
    if (now.lacks.length > 0) {
      announce(t('anonymisation.next.missing'))
      return focusRow('copy-state')
    }
    const answer = await render(now.revision)
    if ('error' in answer) setFailed(answer.error)
    focusRow('copy-state')
    await readAgain()
  }
  const proposeNow = async () => {
    setFailed(undefined)
    const answer = await propose(work)
    if ('error' in answer) return setFailed(answer.error)
    const found = withProposals(work, answer.done)
    edit((now) => (now === work ? found.work : withProposals(now, answer.done).work), 'propose')
    announce(
      found.turns + found.redactions === 0
        ? t('anonymisation.proposed.none')
        : t('anonymisation.proposed', { turns: found.turns, redactions: found.redactions }),
    )
  }
  const recogniseNow = async (language: TurnLanguage) => {
    setFailed(undefined)
    const answer = await recognise(language)
    if ('error' in answer) setFailed(answer.error)
    await readAgain()
    focusRow('propose')
  }
  // Saving any change discards a copy that is rendered or being rendered.
  const losesCopy = isUnsaved && (copy.state === 'RENDERED' || copy.state === 'RENDERING')
  const act = { save: () => void saveAndRead(), render: () => void saveAndRender() }
  const onSave = () => (losesCopy ? setConfirming('save') : act.save())

  return (
    <div
      ref={box}
      className="workbench"
      onKeyDownCapture={(event) => {
        if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault()
          event.stopPropagation()
          if (isUnsaved && busyWith === undefined) onSave()
          return
        }
        if (event.key === 'F8') {
          const direction = event.shiftKey ? -1 : 1
          const next = nextDoubt(work.turns.filter(isListed), caretIn(event.target, direction), direction)
          if (!next) return
          event.preventDefault()
          event.stopPropagation()
          return showDoubt(next.key, next.doubt)
        }
        // In a text field Space types a space; Ctrl+Space pauses and plays the original everywhere.
        if (event.key !== ' ' || !event.ctrlKey || isPlaying === undefined) return
        event.preventDefault()
        event.stopPropagation()
        original.current?.toggle()
      }}
    >
      {hasConflict && (
        <SaveConflict
          onMine={() => update((now) => ({ ...now, revision: copy.revision }))}
          onTheirs={() => {
            const theirs = workOf(copy)
            update(() => ({ revision: copy.revision, saved: theirs, work: theirs, past: [] }))
            saveButton.current?.focus()
          }}
        />
      )}
      <CopyStatePanel
        copy={copy}
        missing={missing}
        failedTurn={saved.turns[copy.failedTurn ?? -1]}
        isUnsaved={isUnsaved}
        isBusy={busyWith !== undefined}
        onRender={() => (losesCopy ? setConfirming('render') : act.render())}
      />
      {failed !== undefined && <SaveError error={failed} work={work} isUnsaved={isUnsaved} />}
      {copy.may.hear && <Result copy={copy} onPlayed={() => void readAgain()} />}
      <OriginalSection
        copy={copy}
        under={under}
        handle={original}
        redactions={work.redactions}
        onEdit={edit}
        onPlaying={setPlaying}
        readAgain={() => void readAgain()}
      />
      <section className="panel stack" aria-labelledby="levels">
        <h2 id="levels" tabIndex={-1}>
          {t('anonymisation.level')}
        </h2>
        <LevelChoice
          levels={copy.levels}
          value={work.level}
          onChange={(level) => edit((now) => ({ ...now, level }), 'level')}
        />
      </section>
      <ProposeSection
        recognition={copy.recognition}
        spoken={work.turns[0]?.language ?? language}
        isBusy={busyWith === 'proposing'}
        onRecognise={(expected) => void recogniseNow(expected)}
        onPropose={() => void proposeNow()}
      />
      <RedactionList redactions={work.redactions} durationMs={copy.durationMs} onEdit={edit} onPlay={playFrom} />
      <TurnList
        turns={work.turns}
        level={work.level}
        durationMs={copy.durationMs}
        identifying={identifying}
        positionMs={positionMs}
        isPlaying={isPlaying === true}
        onEdit={edit}
        onPlay={playFrom}
        onDoubt={showDoubt}
      />
      <SaveWork
        isUnsaved={isUnsaved}
        canUndo={stored.past.length > 0}
        isBusy={busyWith === 'saving'}
        isPlaying={isPlaying}
        onToggle={() => original.current?.toggle()}
        button={saveButton}
        onUndo={() => {
          update(undone)
          announce(t('anonymisation.undone'))
          // With nothing left to undo, the undo button is disabled and cannot keep the focus.
          if (stored.past.length === 1) saveButton.current?.focus()
        }}
        onSave={onSave}
      />
      <Confirm
        title={t('anonymisation.loses')}
        doLabel={t(confirming === 'render' ? 'anonymisation.saveAndRender' : 'anonymisation.save')}
        isOpen={confirming !== undefined}
        onDo={() => confirming && act[confirming]()}
        onClose={() => setConfirming(undefined)}
      >
        <p>{t('anonymisation.loses.text')}</p>
      </Confirm>
    </div>
  )
}
