import { ChevronDown, ChevronRight, Plus, Trash2 } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { announce } from '../../shell/announce.tsx'
import { Button } from '../../controls/button.tsx'
import { useLanguage } from '../../language/use-words.ts'
import { fieldOf, isIn, type Path } from '../edits.ts'
import { sections, type SectionName } from '../sections.ts'
import { fieldId, useForm, useItems } from './form-state.tsx'

/** Collapsible part of the form; a closed one is not rendered. */
export function Section({
  name,
  title,
  summary,
  children,
}: {
  name: SectionName
  title: string
  summary?: string | undefined
  children: ReactNode
}) {
  const { isOpen, setOpen, problems } = useForm()
  const { t } = useLanguage()
  const id = useId()
  const key = `section-${name}`
  const open = isOpen(key, false)
  const wrong = problems.filter(({ field }) => sections[name].some((start) => isIn(field, start))).length
  return (
    <section className="form-section">
      <h3 className="form-section-head">
        <button
          type="button"
          id={key}
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={() => setOpen(key, !open)}
        >
          {open ? <ChevronDown aria-hidden="true" size={20} /> : <ChevronRight aria-hidden="true" size={20} />}
          <span className="form-section-words">
            <span className="form-section-title">{title}</span>
            {summary && <span className="form-section-summary">{summary}</span>}
          </span>
          {wrong > 0 && <span className="count-wrong">{t('form.wrong', { count: wrong })}</span>}
        </button>
      </h3>
      {open && (
        <div id={id} className="form-section-body">
          {children}
        </div>
      )}
    </section>
  )
}

/** List of the document: each item opens to its fields; items can be added and removed. */
export function Items({
  path,
  titleOf,
  detailOf,
  addLabel,
  empty,
  fresh,
  areOpen = true,
  children,
}: {
  path: Path
  titleOf: (item: unknown, index: number) => string
  detailOf?: (item: unknown) => string
  addLabel: string
  empty: string
  /** Content of an added item. */
  fresh: () => unknown
  /** True if items are open until closed by the user. */
  areOpen?: boolean
  children: (path: Path, item: unknown) => ReactNode
}) {
  const { edit, goTo } = useForm()
  const { t } = useLanguage()
  const items = useItems(path)
  const addId = useId()
  const remove = (index: number, title: string) => {
    edit([...path, index])
    announce(t('form.removed', { name: title }))
    document.getElementById(addId)?.focus()
  }
  return (
    <div className="items" id={fieldId(fieldOf(path))} tabIndex={-1}>
      {items.length === 0 && <p className="muted">{empty}</p>}
      <ul>
        {items.map((item, index) => (
          <Item
            key={index}
            path={[...path, index]}
            title={titleOf(item, index)}
            detail={detailOf?.(item)}
            isOpenAtFirst={areOpen}
            onRemove={() => remove(index, titleOf(item, index))}
          >
            {children([...path, index], item)}
          </Item>
        ))}
      </ul>
      <Button
        id={addId}
        kind="secondary"
        onPress={() => {
          edit([...path, items.length], fresh())
          goTo(fieldOf([...path, items.length]))
        }}
      >
        <Plus aria-hidden="true" size={18} />
        {addLabel}
      </Button>
    </div>
  )
}

function Item({
  path,
  title,
  detail,
  isOpenAtFirst,
  onRemove,
  children,
}: {
  path: Path
  title: string
  detail: string | undefined
  isOpenAtFirst: boolean
  onRemove: () => void
  children: ReactNode
}) {
  const { isOpen, setOpen, problems } = useForm()
  const { t } = useLanguage()
  const id = useId()
  const field = fieldOf(path)
  const open = isOpen(field, isOpenAtFirst)
  const wrong = problems.filter((problem) => isIn(problem.field, field)).length
  return (
    <li className="item" id={fieldId(field)} tabIndex={-1}>
      <div className="item-head">
        <h4>
          <button
            type="button"
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            onClick={() => setOpen(field, !open)}
          >
            {open ? <ChevronDown aria-hidden="true" size={18} /> : <ChevronRight aria-hidden="true" size={18} />}
            <span>
              {title}
              {detail && <span className="item-detail"> {detail}</span>}
            </span>
            {wrong > 0 && <span className="count-wrong">{t('form.wrong', { count: wrong })}</span>}
          </button>
        </h4>
        <Button kind="link" aria-label={t('form.remove.named', { name: title })} onPress={onRemove}>
          <Trash2 aria-hidden="true" size={16} />
          {t('form.remove')}
        </Button>
      </div>
      {open && (
        <div id={id} className="item-body">
          {children}
        </div>
      )}
    </li>
  )
}
