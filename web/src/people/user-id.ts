/** A personal user id as it is written: letters, digits and . _ @ -, beginning with a letter or digit (R20). */
export const userIdForm = /^[\p{L}\p{N}][\p{L}\p{N}._@-]*$/u
