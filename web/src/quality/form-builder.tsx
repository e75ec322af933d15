import { Plus } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { addQuestion, addSection, changeSection, moveSection, removeSection } from './build-form.ts'
import { PartButtons } from './part-buttons.tsx'
import { QuestionEditor } from './question-editor.tsx'
import type { FormContent, FormProblem, QualityForm, Section } from './quality-shapes.ts'
import { WeightField } from './weight-field.tsx'

const newId = () => crypto.randomUUID()

/** Edits the next version of a form: sections, questions, weights. Published versions do not change. */
export function FormBuilder({
  form,
  content,
  onDone,
}: {
  form: QualityForm
  content: FormContent
  onDone: () => Promise<void>
}) {
  const { t } = useLanguage()
  const save = $api.useMutation('put', '/api/quality/forms/{id}')
  const publish = $api.useMutation('post', '/api/quality/forms/{id}/versions')
  const [name, setName] = useState(form.name)
  const [work, setWork] = useState(content)
  const [revision, setRevision] = useState(form.revision)
  const [problems, setProblems] = useState<FormProblem[]>([])
  const [isConfirming, setConfirming] = useState(false)
  const target = { params: { path: { id: form.id } } }

  const saveForm = async (): Promise<number | undefined> => {
    try {
      const saved = await save.mutateAsync({
        ...target,
        body: { revision, name: name.trim() || form.name, form: work },
      })
      setRevision(saved.revision)
      setProblems(saved.problems)
      announce(t('quality.form.saved'))
      return saved.problems.length === 0 ? saved.revision : undefined
    } catch {
      return undefined
    }
  }
  const publishVersion = async () => {
    try {
      await publish.mutateAsync({ ...target, body: { revision } })
      announce(t('quality.form.publish.done'))
      await onDone()
    } catch {
      // The refusal is shown beside the button.
    }
  }
  const wrong: Wrong[] = problems.map(({ code, at }) => ({
    text: `${t(`quality.problem.${code}`)}${at ? ` (${questionPath(work, at)})` : ''}`,
    ...(at && { field: `part-${at}` }),
  }))
  return (
    <div className="stack">
      <h2>{t('quality.form.next', { version: (form.versions[0]?.version ?? 0) + 1 })}</h2>
      <ErrorSummary title={t('quality.form.problems')} wrong={wrong} />
      <div className="panel stack-small">
        <Field
          className="quality-long"
          label={t('quality.form.name')}
          lang={form.language}
          value={name}
          onChange={setName}
          maxLength={200}
        />
      </div>
      {work.sections.map((section, s) => (
        <SectionEditor
          key={section.id}
          form={work}
          section={section}
          language={form.language}
          number={s + 1}
          isFirst={s === 0}
          isLast={s === work.sections.length - 1}
          onChange={setWork}
        />
      ))}
      <div className="actions">
        <Button onPress={() => setWork(addSection(work, newId))}>
          <Plus aria-hidden="true" size={18} />
          {t('quality.section.add')}
        </Button>
      </div>
      {save.error && <Failure error={save.error} />}
      {publish.error && <Failure error={publish.error} />}
      <div className="actions">
        <Button
          kind="primary"
          isBusy={save.isPending || publish.isPending}
          onPress={() => void saveForm().then((saved) => saved !== undefined && setConfirming(true))}
        >
          {t('quality.form.publish')}
        </Button>
        <Button isBusy={save.isPending} onPress={() => void saveForm()}>
          {t('quality.form.save')}
        </Button>
      </div>
      <Confirm
        title={t('quality.form.publish.sure')}
        doLabel={t('quality.form.publish')}
        isOpen={isConfirming}
        onDo={() => void publishVersion()}
        onClose={() => setConfirming(false)}
      >
        <p>{t('quality.form.publish.what')}</p>
      </Confirm>
    </div>
  )
}

function SectionEditor({
  form,
  section,
  language,
  number,
  isFirst,
  isLast,
  onChange,
}: {
  form: FormContent
  section: Section
  language: string
  number: number
  isFirst: boolean
  isLast: boolean
  onChange: (form: FormContent) => void
}) {
  const { t } = useLanguage()
  const { id } = section
  const title = t('quality.section', { number })
  return (
    <section className="panel stack" aria-label={title}>
      <div className="quality-part-head">
        <h3>{title}</h3>
        <PartButtons
          title={title}
          isFirst={isFirst}
          isLast={isLast}
          onMove={(by) => onChange(moveSection(form, id, by))}
          onRemove={() => onChange(removeSection(form, id))}
        />
      </div>
      <div className="quality-fields">
        <Field
          id={`part-${id}`}
          className="quality-long"
          label={t('quality.section.title')}
          lang={language}
          value={section.title}
          onChange={(value) => onChange(changeSection(form, id, { title: value }))}
          maxLength={200}
        />
        <WeightField
          label={t('quality.section.weight')}
          value={section.weight}
          onChange={(weight) => onChange(changeSection(form, id, { weight }))}
        />
      </div>
      {section.questions.map((question, q) => (
        <QuestionEditor
          key={question.id}
          form={form}
          question={question}
          language={language}
          number={`${number}.${q + 1}`}
          isFirst={q === 0}
          isLast={q === section.questions.length - 1}
          onChange={onChange}
        />
      ))}
      <div className="actions">
        <Button onPress={() => onChange(addQuestion(form, id, newId))}>
          <Plus aria-hidden="true" size={18} />
          {t('quality.question.add')}
        </Button>
      </div>
    </section>
  )
}

/** Number of a section or question: 2, or 2.3. */
function questionPath(form: FormContent, id: string): string {
  const s = form.sections.findIndex((one) => one.id === id || one.questions.some((question) => question.id === id))
  const q = form.sections[s]?.questions.findIndex((one) => one.id === id) ?? -1
  return q < 0 ? String(s + 1) : `${s + 1}.${q + 1}`
}
