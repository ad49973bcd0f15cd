#!/usr/bin/env bash
# Make sure that a Chromium is there for the browser tests; prints nothing when it is.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PACKAGES=(chromium fonts-liberation)
INSTALL_LINE="apt-get update && apt-get install -y --no-install-recommends ${PACKAGES[*]}"

has_chromium() {
    if [ -n "${KGREC_CHROMIUM:-}" ]; then
        [ -x "$KGREC_CHROMIUM" ] || fail "KGREC_CHROMIUM names no program that can be run: $KGREC_CHROMIUM"
        return 0
    fi
    command -v chromium chromium-browser google-chrome >/dev/null
}

if has_chromium; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "The browser tests need Chromium and none was found. Install it (Debian: sudo sh -c '$INSTALL_LINE') or set KGREC_CHROMIUM to its path."
fi
export DEBIAN_FRONTEND=noninteractive
APT_ADVICE="check the network and the package sources, or set KGREC_CHROMIUM to a Chromium you have"
run_logged apt-update "Reading the package lists" "$APT_ADVICE" apt-get update
run_logged apt-chromium "Installing Chromium for the browser tests" "$APT_ADVICE" \
    apt-get install -y --no-install-recommends "${PACKAGES[@]}"
has_chromium || fail "Chromium was installed but cannot be found in PATH; set KGREC_CHROMIUM to its path."
