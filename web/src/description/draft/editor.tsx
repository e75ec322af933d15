import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { refusalKey } from '../../api/refusal.ts'
import { serverNowMs } from '../../api/server-time.ts'
import type { Draft, Me, Problem } from '../../api/shapes.ts'
import { Button } from '../../controls/button.tsx'
import { Confirm } from '../../controls/confirm.tsx'
import { Failure } from '../../controls/failure.tsx'
import { Notice } from '../../controls/notice.tsx'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { addEdit, applyEdits, isTouched } from '../edits.ts'
import type { FormState } from '../form/form-state.tsx'
import { itemsAround, sectionOf } from '../sections.ts'
import { hasUnsaved, useUnsaved, withoutSent, type Unsaved } from '../unsaved.ts'
import { problemsOf, type useDraft } from '../use-draft.ts'
import { Changes } from './changes.tsx'
import { Consequences } from './consequences.tsx'
import { focusField } from './draft-form.tsx'
import { ProblemSummary } from './problems.tsx'
import { ReasonAndTime } from './reason-and-time.tsx'
import { SaveBar } from './save-bar.tsx'
import type { EditorHandle } from './text-editor.tsx'
import { Views, type View } from './views.tsx'

type Work = ReturnType<typeof useDraft>
const listDescription = { to: '/description' } as const

/** Editor of one's own draft: reason and effective date, fields or text, changes, and the next step. */
export function Editor({ draft, me, work }: { draft: Draft; me: Me; work: Work }) {
  const { t, named } = useLanguage()
  const navigate = useNavigate()
  const [unsaved, update] = useUnsaved(me.personId, draft.id)
  const [view, setView] = useState<View>('form')
  const [open, setOpen] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [wasSubmitted, setWasSubmitted] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const [wasTyped, setWasTyped] = useState(false)
  const [isWithdrawing, setWithdrawing] = useState(false)
  const summary = useRef<HTMLHeadingElement>(null)
  const text = useRef<EditorHandle>(null)
  const saveButton = useRef<HTMLButtonElement>(null)
  if (unsaved && !wasTyped) setWasTyped(true)

  useEffect(() => {
    const confirmLeaving = (event: BeforeUnloadEvent) => hasUnsaved() && event.preventDefault()
    window.addEventListener('beforeunload', confirmLeaving)
    return () => window.removeEventListener('beforeunload', confirmLeaving)
  }, [])

  const edits = unsaved?.edits ?? []
  const allProblems = problemsOf(draft)
  const problems = allProblems.filter(({ field }) => unsaved?.text === undefined && !isTouched(field, edits))
  const reason = unsaved?.reason ?? draft.reason
  const effectiveFrom = unsaved?.effectiveFrom ?? draft.effectiveFrom
  const hasConflict = unsaved !== undefined && unsaved.revision !== draft.revision
  const reasonError = wasSubmitted && reason.trim() === '' ? t('description.draft.reason.missing') : undefined
  const timeError = timeErrorOf()

  function timeErrorOf(): string | undefined {
    if (effectiveFrom === undefined) return wasSubmitted ? t('description.draft.day.missing') : undefined
    if (Date.parse(effectiveFrom) <= serverNowMs()) return t('error.draft.not-future')
    const own = problems.filter(({ field }) => field === 'effectiveFrom')
    return own.length > 0 ? own.map((one) => `${named(one.message)} ${named(one.remedy)}`).join(' ') : undefined
  }

  const type = (typed: (now: Unsaved) => Unsaved) =>
    update((now) => typed(now ?? { revision: draft.revision, edits: [] }))

  /** Returns the saved draft; undefined if saving failed. */
  const save = async (): Promise<Draft | undefined> => {
    setFailed(undefined)
    if (!unsaved) return draft
    const { revision, edits: sent, text: written, reason: typedReason, effectiveFrom: from } = unsaved
    const answer = await work.change({
      revision,
      ...(written !== undefined && { text: written }),
      ...(sent.length > 0 && { edits: sent }),
      ...(typedReason !== undefined && { reason: typedReason }),
      ...(from !== undefined && { effectiveFrom: from }),
    })
    if ('error' in answer) {
      if (refusalKey(answer.error) === 'draft.changed-meanwhile') await work.readAgain()
      else setFailed(answer.error)
      return undefined
    }
    update((now) => (now ? withoutSent(now, unsaved, answer.draft.revision) : null))
    const count = problemsOf(answer.draft).length
    announce(count > 0 ? t('description.draft.saved.problems', { count }) : t('description.draft.saved'))
    return answer.draft
  }

  const discard = () => {
    flushSync(() => update(() => null))
    saveButton.current?.focus()
  }

  const show = async (next: View) => {
    // Changing the view saves first: otherwise fields and text would diverge.
    if (next !== view && (!unsaved || (await save()))) setView(next)
  }

  const submit = async () => {
    flushSync(() => setWasSubmitted(true))
    if (reason.trim() === '') return void focusField('reason')
    if (effectiveFrom === undefined || Date.parse(effectiveFrom) <= serverNowMs())
      return void focusField('effectiveFrom')
    const saved = await save()
    if (!saved) return
    if (saved.problems.length > 0) return void window.requestAnimationFrame(() => summary.current?.focus())
    const answer = await work.submit(saved.revision)
    if ('error' in answer) setFailed(answer.error)
    else announce(t('description.draft.submitted'))
  }

  const withdraw = async () => {
    const answer = await work.withdraw()
    if ('error' in answer) return setFailed(answer.error)
    update(() => null)
    announce(t('description.draft.withdrawn'))
    await navigate(listDescription)
  }

  const goTo = (field: string) => {
    const section = sectionOf(field)
    flushSync(() => {
      setOpen((now) => {
        const keys = [...(section ? [`section-${section}`] : []), ...itemsAround(field)]
        return new Map([...now, ...keys.map((key) => [key, true] as const)])
      })
    })
    return focusField(field)
  }

  const goToProblem = async ({ field, line }: Problem) => {
    const isHead = field === 'effectiveFrom'
    const hasField = isHead || (sectionOf(field) !== undefined && draft.document !== undefined)
    if (hasField && view !== 'text') {
      if (view !== 'form' && !isHead) flushSync(() => setView('form'))
      if (goTo(field)) return
    }
    if (view === 'text' || !unsaved || (await save())) {
      flushSync(() => setView('text'))
      text.current?.goToLine(line)
    }
  }

  const form: FormState = {
    document: applyEdits(draft.document, edits),
    problems,
    edit: (path, value) =>
      type((now) => ({
        ...now,
        edits: addEdit(draft.document, now.edits, value === undefined ? { path } : { path, value }),
      })),
    isOpen: (key, byDefault) => open.get(key) ?? byDefault,
    setOpen: (key, isOpen) => setOpen((now) => new Map(now).set(key, isOpen)),
    goTo: (field) => void goTo(field),
  }

  return (
    <>
      {hasConflict && (
        <Notice kind="warning" title={t('description.draft.elsewhere')} isUrgent>
          <p>{t('description.draft.elsewhere.text')}</p>
          <div className="actions">
            <Button
              kind="secondary"
              onPress={() => {
                flushSync(() => type((now) => ({ ...now, revision: draft.revision })))
                saveButton.current?.focus()
              }}
            >
              {t('description.draft.elsewhere.mine')}
            </Button>
            <Button kind="link" onPress={discard}>
              {t('description.draft.elsewhere.theirs')}
            </Button>
          </div>
        </Notice>
      )}
      {failed !== undefined && <Failure error={failed} />}
      {allProblems.length > 0 && (
        <ProblemSummary
          problems={allProblems}
          document={form.document}
          heading={summary}
          onGo={(problem) => void goToProblem(problem)}
        />
      )}
      <div className="draft-columns">
        <div className="draft-main">
          <ReasonAndTime
            reason={reason}
            reasonError={reasonError}
            effectiveFrom={effectiveFrom}
            timeError={timeError}
            onReason={(next) => type((now) => ({ ...now, reason: next }))}
            onEffectiveFrom={(next) => type((now) => ({ ...now, effectiveFrom: next }))}
          />
          <Views
            view={view}
            onView={(next) => void show(next)}
            draft={draft}
            form={form}
            text={unsaved?.text ?? draft.text}
            problems={problems}
            onText={(next) => type((now) => ({ ...now, text: next }))}
            handle={text}
          />
          {(unsaved || wasTyped) && (
            <SaveBar
              unsaved={unsaved}
              problems={allProblems.length}
              isBusy={work.isBusy}
              button={saveButton}
              onSave={() => void save()}
              onDiscard={discard}
              onProblems={() => summary.current?.focus()}
            />
          )}
        </div>
        <aside className="draft-aside" aria-label={t('description.draft.outcome')}>
          <section className="panel stack-small" aria-labelledby="draft-changes">
            <h2 id="draft-changes">{t('description.draft.changes')}</h2>
            {unsaved && <p className="muted small-text">{t('description.draft.changes.saved')}</p>}
            {draft.changes.length > 0 ? (
              <Changes changes={draft.changes} />
            ) : (
              <p className="muted">
                {t(allProblems.length > 0 ? 'description.draft.changes.problems' : 'description.draft.changes.none')}
              </p>
            )}
          </section>
          <section className="panel stack-small" aria-labelledby="draft-consequences">
            <h2 id="draft-consequences">{t('description.draft.consequences')}</h2>
            <Consequences draft={draft} />
          </section>
          <section className="panel stack-small" aria-labelledby="draft-next">
            <h2 id="draft-next">{t('description.draft.next')}</h2>
            <p>{t(draft.isOutdated ? 'description.draft.next.outdated' : 'description.draft.next.text')}</p>
            {!draft.isOutdated && (
              <Button kind={unsaved ? 'secondary' : 'primary'} isBusy={work.isBusy} onPress={() => void submit()}>
                {t(unsaved ? 'description.draft.saveAndSubmit' : 'description.draft.submit')}
              </Button>
            )}
            <Button kind="link" onPress={() => setWithdrawing(true)}>
              {t('description.draft.withdraw')}
            </Button>
          </section>
        </aside>
      </div>
      <Confirm
        title={t('description.draft.withdraw.sure')}
        doLabel={t('description.draft.withdraw')}
        isOpen={isWithdrawing}
        onClose={() => setWithdrawing(false)}
        onDo={() => void withdraw()}
      >
        <p>{t('description.draft.withdraw.text')}</p>
      </Confirm>
    </>
  )
}
