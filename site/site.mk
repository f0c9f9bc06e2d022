# The documentation as a static site, in $(BUILD)/site: see site/README.md. Included by the Makefile.
.PHONY: site
site: $(BUILD)/site-node/.done
	node site/build.mjs $(BUILD)/site-node $(BUILD)/site

$(BUILD)/site-node/.done: site/package-lock.json
	@mkdir -p $(@D)
	cp site/package.json site/package-lock.json site/.npmrc $(@D)/
	cd $(@D) && npm ci --prefer-offline --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || { tail -n 5 npm.log >&2; exit 1; }
	@touch $@
