import { Plus, Trash2 } from 'lucide-react'
import { flushSync } from 'react-dom'
import type { ReactNode } from 'react'
import { Button } from '../../controls/button.tsx'
import { fieldOf, readAt, type Path } from '../edits.ts'
import { fieldId, useForm } from './form-state.tsx'

/** A part that the description may leave out: begun and removed as a whole. */
export function Optional({
  path,
  addLabel,
  removeLabel,
  fresh,
  children,
}: {
  path: Path
  addLabel: string
  removeLabel: string
  fresh: () => unknown
  children: ReactNode
}) {
  const { document: said, edit, goTo } = useForm()
  const field = fieldOf(path)
  if (readAt(said, path) == null) {
    return (
      <Button
        id={fieldId(field)}
        kind="secondary"
        className="small"
        onPress={() => {
          edit(path, fresh())
          goTo(field)
        }}
      >
        <Plus aria-hidden="true" size={18} />
        {addLabel}
      </Button>
    )
  }
  return (
    <div className="optional">
      {children}
      <Button
        kind="link"
        onPress={() => {
          flushSync(() => edit(path))
          document.getElementById(fieldId(field))?.focus()
        }}
      >
        <Trash2 aria-hidden="true" size={16} />
        {removeLabel}
      </Button>
    </div>
  )
}
