/** The probe for a POSIX shell with OpenSSL 1.1.1 or newer. It reads Java's and PKCS#12 stores too, where keytool or OpenSSL can. */
export const SH_PROBE = String.raw`#!/bin/sh
# rds-ca-runbook probe. It reads one trust store, makes one TLS handshake with each endpoint named below, without logging in, and
# prints one line. It writes nothing but a temporary file (for a folder or a Java store), and sends nothing anywhere else.
#   sh probe.sh [STORE]        STORE: the PEM file, folder, JKS or PKCS#12 file that the application really uses ("system": this machine's)
# RDS_CA_ADDRESS="HOST:PORT=ADDRESS:PORT,..." reaches an endpoint through a tunnel; the name that is verified stays HOST.
# RDS_CA_STORE_PASSWORD opens a JKS or PKCS#12 store; it is read by keytool or openssl alone.
LC_ALL=C
export LC_ALL
{{FACTS}}

say() { printf '%s\n' "$*" >&2; }
plain() { printf '%s' "$1" | tr -c 'A-Za-z0-9._:/@+,-' '_'; }
sha256() { openssl dgst -sha256 -r | cut -d ' ' -f 1; }
first_there() { while IFS= read -r one; do if [ -n "$one" ] && [ -e "$one" ]; then printf '%s' "$one"; return; fi; done; }

command -v openssl >/dev/null 2>&1 || { say 'There is no openssl here: use the probe for Node or Python.'; exit 2; }

store=${'$'}{1:-$RDS_CA_STORE}
if [ "$store" = system ]; then
  store=$(printf '%s\n' /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem | first_there)
elif [ -z "$store" ]; then
  store=$(printf '%s\n' "$stores" "$PGSSLROOTCERT" "$NODE_EXTRA_CA_CERTS" "$SSL_CERT_FILE" "$HOME/.postgresql/root.crt" | first_there)
fi
if [ -z "$store" ] || [ ! -e "$store" ]; then
  say 'No trust store was found. Name the file that the application really uses: sh probe.sh FILE'
  exit 2
fi

# The store as one PEM file.
pem=$store
in_other_format() {
  umask 077
  pem=$(mktemp) || exit 2
  trap 'rm -f "$pem"' EXIT
  trap 'exit 130' INT TERM HUP
}
if [ -d "$store" ]; then
  in_other_format
  for one in "$store"/*; do if [ -f "$one" ]; then cat "$one"; printf '\n'; fi; done >"$pem"
elif ! grep -q -e '-----BEGIN [A-Z0-9 ]*CERTIFICATE-----' "$store"; then
  in_other_format
  export RDS_CA_STORE_PASSWORD
  if command -v keytool >/dev/null 2>&1; then
    keytool -list -rfc -keystore "$store" ${'$'}{RDS_CA_STORE_PASSWORD:+-storepass:env RDS_CA_STORE_PASSWORD} </dev/null >"$pem" 2>/dev/null
  else
    openssl pkcs12 -in "$store" -nokeys -passin env:RDS_CA_STORE_PASSWORD </dev/null >"$pem" 2>/dev/null
  fi
fi

count=$(grep -c -e '-----END [A-Z0-9 ]*CERTIFICATE-----' "$pem")
if [ "$count" -eq 0 ] && [ -f "$store" ] && [ "$(tr -d '\000' <"$store" | wc -c)" -ne "$(wc -c <"$store")" ]; then
  say "$store is no PEM file, and nothing here opens it. Give its password in RDS_CA_STORE_PASSWORD; or write its roots out as PEM, and name that file."
  exit 2
fi
held=$(awk '/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/ { run = "openssl x509 -noout -fingerprint -sha256 2>/dev/null"; inside = 1 }
  inside { print | run }
  /-----END / { if (inside && close(run) != 0) { print "damaged"; exit }; inside = 0 }' "$pem" | sed -e 's/.*=//' -e 's/://g' | tr 'A-F' 'a-f')
case "$held" in *damaged)
  count=$(printf '%s\n' "$held" | grep -c -v damaged)
  whole=$pem
  in_other_format
  awk -v last="$count" 'last == 0 { exit } { print } /-----END [A-Z0-9 ]*CERTIFICATE-----/ && ++seen == last { exit }' "$whole" >"$pem"
  [ "$whole" = "$store" ] || rm -f "$whole"
  say "The certificate after the first $count is damaged: what stands behind it is not counted, for clients load nothing of it." ;;
esac
found=$(printf '%s\n' "$roots" | while read -r digest thumbprint; do
  case "
$held
" in *"
$digest
"*) printf '%s %s\n' "$digest" "$thumbprint" ;; esac
done)
trusted=$(printf '%s\n' "$found" | sed -e '/^$/d' -e 's/.* //' | tr '\n' ',' | sed -e 's/,$//')
say "Store $store: certificates: $count; roots that are asked about: $(printf '%s\n' "$roots" | grep -c .); of them in this store: $(printf '%s\n' "$found" | grep -c .)."

patience=
command -v timeout >/dev/null 2>&1 && patience='timeout 20'

# One handshake: prints "result leaf".
handshake() {
  engine=$1 host=$2 port=$3
  to=$(printf '%s\n' "$RDS_CA_ADDRESS" | tr ',' '\n' | sed -n -e "s/^$host:$port=//p" | head -n 1)
  case "$host" in
    *[!0-9.]*) name="-servername $host -verify_hostname $host" ;;
    *) name="-noservername -verify_ip $host" ;;
  esac
  # The environment keeps OpenSSL's own roots out: what is judged is this store alone.
  # shellcheck disable=SC2086
  said=$(SSL_CERT_FILE=/nonexistent SSL_CERT_DIR=/nonexistent $patience openssl s_client -connect "${'$'}{to:-$host:$port}" -starttls "$engine" $name \
    -CAfile "$pem" -verify_return_error -cipher DEFAULT:@SECLEVEL=2 -no_tls1 -no_tls1_1 </dev/null 2>&1)
  code=$(printf '%s\n' "$said" | sed -n -e 's/.*verify error:num=\([0-9]*\):.*/\1/p' | tail -n 1)
  case "$code" in
    9 | 10) printf 'dates ' ;;
    62 | 64) printf 'name ' ;;
    2 | 7 | 18 | 19 | 20 | 21) printf 'untrusted ' ;;
    ?*) printf 'refused ' ;;
    *)
      case "$said" in
        *'Verify return code: 0 (ok)'*'BEGIN CERTIFICATE'* | *'BEGIN CERTIFICATE'*'Verify return code: 0 (ok)'*)
          printf 'ok %s' "$(printf '%s\n' "$said" | openssl x509 -noout -fingerprint -sha256 | sed -e 's/.*=//' -e 's/://g' | tr 'A-F' 'a-f')" ;;
        *'does not support SSL'*) printf 'no-tls ' ;;
        *:error:* | *'alert '*) case "$said" in *CONNECTED*) printf 'refused ' ;; *) printf 'unreachable ' ;; esac ;;
        *CONNECTED*) if [ "$engine" = postgres ]; then printf 'no-tls '; else printf 'unreachable '; fi ;;
        *) printf 'unreachable ' ;;
      esac ;;
  esac
}

user=$(id -un 2>/dev/null || id -u)
text="q=$question
a=$application
t=$(date +%s)
h=$(plain "$(uname -n)")
u=$(plain "$user")
s=$(plain "$store")
c=$count
r=$trusted
d=$(printf '%s\n' "$found" | sed -e '/^$/d' -e 's/ .*//' | sort | sha256)
b=$bundle
g=$regions"
if [ "$count" -gt 0 ] && [ -n "$endpoints" ]; then
  seen=$(printf '%s\n' "$endpoints" | while read -r engine host port; do
    result=$(handshake "$engine" "$host" "$port")
    say "Handshake with $host:$port: ${'$'}{result%% *}"
    printf 'e=%s %s %s\n' "$host" "$port" "$result"
  done)
  text="$text
$seen"
fi
say 'Send this line back:'
digest=$(printf '%s\n%s\n%s' "$nonce" "$text" "$nonce" | sha256 | cut -c 1-32)
printf '%s.1.%s.%s.end\n' rds-ca-reply "$(printf '%s' "$text" | openssl base64 -A | tr -d '=')" "$digest"
`
