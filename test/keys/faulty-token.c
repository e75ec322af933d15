/*
 * A PKCS#11 module that forwards every call to the module in TOKEN_BEHIND, with a fault that is named by one word in the
 * file TOKEN_FAULT at the time of the call. The list of functions has the layout of PKCS#11 2.40.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ck;
struct functions {
  unsigned char version[2];
  void *at[68];
};
struct attribute {
  ck type;
  void *value;
  ck length;
};
enum { DESTROY = 22, FIND = 27, ENCRYPT = 30, GENERATE = 58 };
enum { SENSITIVE = 0x103, EXTRACTABLE = 0x162, DEVICE_REMOVED = 0x32 };

static struct functions *behind, own;

static int is(const char *fault) {
  char said[32] = "";
  FILE *file = fopen(getenv("TOKEN_FAULT"), "r");
  if (file == NULL) return 0;
  if (fgets(said, sizeof said, file) == NULL) said[0] = 0;
  fclose(file);
  return strcmp(said, fault) == 0;
}

static ck destroy(ck session, ck object) {
  if (is("keeps")) return 0;
  return ((ck(*)(ck, ck))behind->at[DESTROY])(session, object);
}

static ck find(ck session, ck *objects, ck most, ck *count) {
  if (is("removed")) return DEVICE_REMOVED;
  return ((ck(*)(ck, ck *, ck, ck *))behind->at[FIND])(session, objects, most, count);
}

static ck encrypt(ck session, unsigned char *data, ck length, unsigned char *out, ck *outLength) {
  while (is("hangs")) usleep(5000);
  ck result = ((ck(*)(ck, unsigned char *, ck, unsigned char *, ck *))behind->at[ENCRYPT])(session, data, length, out, outLength);
  if (result == 0 && is("wrong")) out[0] ^= 1;
  return result;
}

static ck generate(ck session, void *mechanism, struct attribute *wanted, ck count, ck *key) {
  ck (*make)(ck, void *, struct attribute *, ck, ck *) = behind->at[GENERATE];
  if (is("twice")) make(session, mechanism, wanted, count, key);
  if (!is("open")) return make(session, mechanism, wanted, count, key);
  for (ck index = 0; index < count; index++) {
    if (wanted[index].type == SENSITIVE) *(unsigned char *)wanted[index].value = 0;
    if (wanted[index].type == EXTRACTABLE) *(unsigned char *)wanted[index].value = 1;
  }
  return make(session, mechanism, wanted, count, key);
}

ck C_GetFunctionList(struct functions **list) {
  void *module = dlopen(getenv("TOKEN_BEHIND"), RTLD_NOW);
  if (module == NULL) return 5;
  ck result = ((ck(*)(struct functions **))dlsym(module, "C_GetFunctionList"))(&behind);
  if (result != 0) return result;
  own = *behind;
  own.at[DESTROY] = destroy;
  own.at[FIND] = find;
  own.at[ENCRYPT] = encrypt;
  own.at[GENERATE] = generate;
  *list = &own;
  return 0;
}
