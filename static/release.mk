# Everything built, everything tested, archives with their checksums in $(BUILD)/release: RELEASING.md. RELEASE=try allows an
# unreleased version and changed files, and RELEASE_STEPS with it other steps than all.
.PHONY: release
release:
	@MAKE='$(MAKE)' RELEASE='$(RELEASE)' RELEASE_STEPS='$(RELEASE_STEPS)' sh static/release.sh '$(VERSION)' '$(BUILD)'
