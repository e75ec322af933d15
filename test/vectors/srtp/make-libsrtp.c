/*
 * Writes libsrtp.json: packets as libsrtp protects them, for every suite, with and without an MKI, over a rollover.
 *
 *     gcc make-libsrtp.c -lsrtp2 && ./a.out > libsrtp.json
 */
#include <srtp2/srtp.h>
#include <stdio.h>
#include <string.h>

struct suite {
  const char *name;
  int key_bytes;
  void (*rtp)(srtp_crypto_policy_t *);
  void (*rtcp)(srtp_crypto_policy_t *);
};

static const struct suite suites[] = {
    {"AES_CM_128_HMAC_SHA1_80", 30, srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtp_default},
    {"AES_CM_128_HMAC_SHA1_32", 30, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, srtp_crypto_policy_set_rtp_default},
    {"AES_256_CM_HMAC_SHA1_80", 46, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    {"AES_256_CM_HMAC_SHA1_32", 46, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    {"AEAD_AES_128_GCM", 28, srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth},
    {"AEAD_AES_256_GCM", 44, srtp_crypto_policy_set_aes_gcm_256_16_auth, srtp_crypto_policy_set_aes_gcm_256_16_auth},
};

static void hex(const char *name, const unsigned char *bytes, int length) {
  printf("\"%s\":\"", name);
  for (int i = 0; i < length; i++) printf("%02x", bytes[i]);
  printf("\"");
}

/* Returns deterministic bytes, so that the file can be made again. */
static unsigned char draw(void) {
  static unsigned int x = 1;
  x = x * 1664525u + 1013904223u;
  return x >> 24;
}

int main(void) {
  if (srtp_init() != srtp_err_status_ok) return 1;
  printf("[\n");
  for (int s = 0; s < 6; s++) {
    for (int with_mki = 0; with_mki < 2; with_mki++) {
      unsigned char key[46], mki[4] = {0, 0, 1, 7};
      for (int i = 0; i < 46; i++) key[i] = draw();
      srtp_policy_t policy;
      memset(&policy, 0, sizeof policy);
      suites[s].rtp(&policy.rtp);
      suites[s].rtcp(&policy.rtcp);
      policy.ssrc.type = ssrc_any_outbound;
      srtp_master_key_t master = {key, mki, 4};
      srtp_master_key_t *masters[1] = {&master};
      if (with_mki) {
        policy.keys = masters;
        policy.num_master_keys = 1;
      } else {
        policy.key = key;
      }
      srtp_t session;
      if (srtp_create(&session, &policy) != srtp_err_status_ok) return 2;
      printf("%s{\"suite\":\"%s\",", s + with_mki ? ",\n" : "", suites[s].name);
      hex("key", key, suites[s].key_bytes);
      printf(",");
      hex("mki", mki, with_mki ? 4 : 0);
      printf(",\"packets\":[");
      unsigned ssrc = 0xcafe0000u + s;
      for (int n = 0; n < 6; n++) {
        unsigned char packet[600];
        unsigned seq = (65533u + n) & 0xffff;
        int length = 12;
        memset(packet, 0, 12);
        packet[0] = 0x80;
        packet[1] = 8;
        packet[2] = seq >> 8;
        packet[3] = seq;
        packet[7] = 160 * n;
        packet[8] = ssrc >> 24;
        packet[9] = ssrc >> 16;
        packet[10] = ssrc >> 8;
        packet[11] = ssrc;
        if (n == 3) { /* a contributing source and an extension of one word */
          packet[0] = 0x91;
          for (int i = 0; i < 4; i++) packet[length++] = draw();
          unsigned char extension[8] = {0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0};
          memcpy(packet + length, extension, 8);
          length += 8;
        }
        int payload = n == 4 ? 0 : n == 5 ? 401 : 160;
        for (int i = 0; i < payload; i++) packet[length++] = draw();
        printf("%s{", n ? "," : "");
        hex("plain", packet, length);
        if (srtp_protect_mki(session, packet, &length, with_mki, 0) != srtp_err_status_ok) return 3;
        printf(",");
        hex("sealed", packet, length);
        printf("}");
      }
      printf("],\"reports\":[");
      for (int n = 0; n < 2; n++) {
        unsigned char packet[600] = {0x80, 200, 0, 6, ssrc >> 24, ssrc >> 16, ssrc >> 8, ssrc};
        int length = 28;
        for (int i = 8; i < 28; i++) packet[i] = draw();
        printf("%s{", n ? "," : "");
        hex("plain", packet, length);
        if (srtp_protect_rtcp_mki(session, packet, &length, with_mki, 0) != srtp_err_status_ok) return 4;
        printf(",");
        hex("sealed", packet, length);
        printf("}");
      }
      printf("]}");
      srtp_dealloc(session);
    }
  }
  printf("\n]\n");
  return 0;
}
